import {
  DEFAULT_DEVICE_POLICY,
  type DevicePolicy,
  type GeneralJws,
  type Manifest,
  type RunningVersion,
} from '@hamon/contracts';
import { acceptManifest, type Acceptance } from '../../src/core/accept-manifest.js';
import { EMPTY_STATE, type DeviceState } from '../../src/core/device-state.js';
import { EMPTY_MODEL, type ModelState, type Slot, type Target } from '../../src/core/model-state.js';
import * as facts from '../../src/core/facts.js';
import type { Facts } from '../../src/core/facts.js';

const digest = (name: string): string => Buffer.from(name.padEnd(32, '.')).toString('hex');

/** `name` stands for one bundle. */
export function versionOf(name: string, sequence: number): RunningVersion {
  return { model: 'tiny', version: '1.0.0', variant: 'fp32', bundle: digest(name), sequence };
}

export function targetOf(
  name: string,
  sequence: number,
  policy: DevicePolicy = DEFAULT_DEVICE_POLICY,
): Target {
  const bundle = { sha256: digest(name), length: 1, chunks: [{ sha256: digest(`${name}#`), length: 1 }] };
  return { version: versionOf(name, sequence), bundle, policy };
}

export const slotOf = (name: string, sequence: number, good = true): Slot => ({
  version: versionOf(name, sequence),
  policy: DEFAULT_DEVICE_POLICY,
  good,
});

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
export const jwsOf = (payload: string) => ({
  payload: base64url(payload),
  signatures: [{ protected: base64url('p'), signature: base64url('s') }],
});

/** Wants `name` from `sequence` on. */
export const wanting = (target: Target, state: ModelState = EMPTY_MODEL): ModelState => ({
  ...state,
  accepted: {
    sequence: target.version.sequence,
    jws: jwsOf(String(target.version.sequence)),
    target,
    abandoned: false,
  },
});

/** Runs `name` since long. */
export function running(name: string, sequence: number, former?: string): ModelState {
  const target = targetOf(name, sequence);
  return {
    ...wanting(target),
    slots: {
      current: slotOf(name, sequence),
      previous: former === undefined ? null : slotOf(former, sequence - 1),
      candidate: null,
    },
    deployment: { target, state: 'committed', reason: null, attempts: 0 },
  };
}

/** A device with these models, in this order. */
export const deviceOf = (models: Readonly<Record<string, ModelState>>, floor = 0): DeviceState => ({
  ...EMPTY_STATE,
  models: Object.fromEntries(
    Object.entries(models).map(([model, state], since) => [model, { ...state, since }]),
  ),
  floor,
});

export const NOTHING_KNOWN: Facts = { ...facts.NOTHING_KNOWN, missingChunks: 3 };

/** What an arriving manifest makes of one model. */
export function heard(
  manifest: Manifest,
  jws: GeneralJws,
  state: ModelState,
): Exclude<Acceptance, { kind: 'accepted' }> | { readonly kind: 'accepted'; readonly next: ModelState } {
  const { model } = manifest;
  const acceptance = acceptManifest(manifest, jws, deviceOf({ [model]: state }));
  if (acceptance.kind !== 'accepted') return acceptance;
  const { since: _, ...next } = acceptance.next.models[model] ?? { ...EMPTY_MODEL, since: 0 };
  return { kind: 'accepted', next };
}
