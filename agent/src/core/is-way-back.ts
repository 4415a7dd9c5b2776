import type { Slot } from './model-state.js';

/**
 * Is this the way back to what ran here before? Then only the pointer moves: budgets measured beside a failing version
 * must not keep the device with it. A rollout that wants a shadow run or a probation asks for evidence, and gets it.
 */
export const isWayBack = (
  { version, policy }: Pick<Slot, 'version' | 'policy'>,
  previous: Slot | null,
): boolean =>
  previous?.version.bundle === version.bundle &&
  policy.shadow.minFrames === 0 &&
  policy.probation.seconds === 0 &&
  policy.probation.minFrames === 0;
