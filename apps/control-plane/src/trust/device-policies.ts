import type { DevicePolicy } from '@hamon/contracts';

/**
 * The policy for a way back: the device committed that bundle before, so neither a shadow run nor a probation delays it.
 * The self-test is skipped where it is the device's former version, still installed: then only a pointer moves.
 */
export const revertPolicy = (policy: DevicePolicy): DevicePolicy => ({
  ...policy,
  shadow: { minFrames: 0 },
  probation: { ...policy.probation, seconds: 0, minFrames: 0 },
  shadowAfterActivationSeconds: 0,
});
