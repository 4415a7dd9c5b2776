import {
  DEFAULT_DEVICE_POLICY,
  type DevicePolicy,
  type DevicePolicyPatch,
  type GatePolicy,
} from '@hamon/contracts';
import { watchPatienceSeconds } from '@hamon/rollout';

/** Two loaded models cost memory and time: a day of paired evidence is enough for any watch. */
const MOST_SHADOW_SECONDS = 86_400;

/** The policy in a rollout's manifests: defaults, what was asked for, and a shadow run for as long as gates watch. */
export function rolloutPolicy(
  patch: DevicePolicyPatch,
  watchSeconds: number,
  gate: GatePolicy,
): DevicePolicy {
  const defaults = DEFAULT_DEVICE_POLICY;
  const probation = { ...defaults.probation, ...defined(patch.probation) };
  const patienceSeconds = watchPatienceSeconds({ watchSeconds, gate, probationSeconds: probation.seconds });
  return {
    selfTest: { ...defaults.selfTest, ...defined(patch.selfTest) },
    shadow: { ...defaults.shadow, ...defined(patch.shadow) },
    probation,
    shadowAfterActivationSeconds: Math.min(MOST_SHADOW_SECONDS, probation.seconds + patienceSeconds),
    telemetry: { ...defaults.telemetry, ...defined(patch.telemetry) },
    inference: { ...defaults.inference, ...defined(patch.inference) },
    fallback: { ...defaults.fallback, ...defined(patch.fallback) },
    ...(patch.threshold !== undefined && { threshold: patch.threshold }),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Members that were left out must not overwrite defaults with `undefined`. */
function defined<T extends object>(part: T | undefined): Defined<T> {
  return Object.fromEntries(
    Object.entries(part ?? {}).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}
