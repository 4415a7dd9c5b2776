import { DEFAULT_DEVICE_POLICY, type DevicePolicy, type RunningVersion } from '@hamon/contracts';
import { EMPTY_STATE, type DeviceState, type Slot, type Target } from '../../src/core/device-state.js';
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
export const wanting = (target: Target, state: DeviceState = EMPTY_STATE): DeviceState => ({
  ...state,
  accepted: {
    sequence: target.version.sequence,
    jws: jwsOf(String(target.version.sequence)),
    target,
    abandoned: false,
  },
});

/** Runs `name` since long. */
export function running(name: string, sequence: number, former?: string): DeviceState {
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

export const NOTHING_KNOWN: Facts = { ...facts.NOTHING_KNOWN, missingChunks: 3 };
