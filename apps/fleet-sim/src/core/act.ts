import type { DevicePolicy, Reason } from '@hamon/contracts';
import type { Step } from '@hamon/agent/protocol';
import type { Fate } from './fate.js';

export interface Pace {
  readonly framesPerSecond: number;
  /** Of a whole bundle, on the average. */
  readonly downloadSeconds: number;
}

/** How a step of a device's plan goes: how long it takes, and what goes wrong at its end. */
export interface Act {
  readonly seconds: number;
  readonly fault: Reason | null;
}

const SELF_TEST_SECONDS = 1;
/** From so many frames on a real agent judges errors before its probation's end. */
const EARLY_FRAMES = 20;

/**
 * @param fate of the version that the step is about
 * @param random in [0, 1)
 */
export function actOf(step: Step, fate: Fate, pace: Pace, random: number): Act {
  const framesFor = (frames: number): number => frames / pace.framesPerSecond;
  switch (step.kind) {
    case 'fetchChunks':
      return well(pace.downloadSeconds * (0.5 + random));
    case 'selfTest':
      return { seconds: SELF_TEST_SECONDS, fault: fate === 'refused' ? REFUSAL : null };
    case 'shadow':
      return well(framesFor(step.slot.policy.shadow.minFrames));
    case 'observeProbation': {
      if (fate === 'failing') return { seconds: framesFor(EARLY_FRAMES), fault: errorRate(step.policy) };
      const { seconds, minFrames } = step.policy.probation;
      return well(Math.max(seconds, framesFor(minFrames)));
    }
    default:
      return well(0);
  }
}

const well = (seconds: number): Act => ({ seconds, fault: null });

const REFUSAL: Reason = { code: 'golden-mismatch', detail: 'a simulated device refuses this version' };

const errorRate = ({ probation: { maxErrorRate } }: DevicePolicy): Reason => ({
  code: 'error-rate',
  detail: `10 errors on ${EARLY_FRAMES} frames of a simulated device, at most a share of ${maxErrorRate}`,
});
