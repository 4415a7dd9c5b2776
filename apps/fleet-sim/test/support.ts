import { DEFAULT_DEVICE_POLICY, type DeploymentState, type DevicePolicy } from '@hamon/contracts';
import { EMPTY_MODEL, type ModelState, type Slot } from '@hamon/agent/protocol';

export const digestFor = (version: string): string => version.replaceAll('.', '').padEnd(64, '0');

export const targetOf = (
  version: string,
  sequence: number,
  policy: DevicePolicy = DEFAULT_DEVICE_POLICY,
) => ({
  version: { model: 'tiny', version, variant: 'fp32', bundle: digestFor(version), sequence },
  bundle: { sha256: digestFor(version), length: 100, chunks: [] },
  policy,
});

const slot = (version: string | undefined): Slot | null =>
  version === undefined ? null : { ...targetOf(version, 1), good: true };

/** A device's state with a deployment of its newest version in `state`. */
export function stateWith(
  state: DeploymentState,
  { current, previous, candidate }: Partial<Record<'current' | 'previous' | 'candidate', string>>,
): ModelState {
  const named = (version: string | undefined): Slot | null => {
    const full = slot(version);
    return full && { version: full.version, policy: full.policy, good: full.good };
  };
  return {
    ...EMPTY_MODEL,
    slots: { current: named(current), previous: named(previous), candidate: named(candidate) },
    deployment: { target: targetOf(candidate ?? current ?? '1.0.0', 1), state, reason: null, attempts: 0 },
  };
}

/** The state after a manifest for this version was accepted. */
export function wanting(
  state: ModelState,
  version: string,
  sequence: number,
  policy?: DevicePolicy,
): ModelState {
  const jws = { payload: 'AAAA', signatures: [{ protected: 'AAAA', signature: 'AAAA' }] };
  return {
    ...state,
    accepted: { sequence, jws, target: targetOf(version, sequence, policy), abandoned: false },
  };
}
