import { describe, expect, it } from 'vitest';
import { addCounters, type AgentFrames } from '../demo/src/counters.js';

const frames = (accepted: number, answered: number, changes: Partial<AgentFrames['frames']> = {}) => ({
  ...{ accepted, answered, failed: 0, skipped: 0, fallbacks: {} },
  ...changes,
});

describe('the counters of a fleet', () => {
  it('are summed over the devices, for all models and for each', () => {
    const agents: AgentFrames[] = [
      {
        frames: frames(30, 28, { failed: 1, skipped: 4, fallbacks: { 'no-model': 2, 'too-slow': 1 } }),
        models: [
          { model: 'a', frames: frames(20, 18, { failed: 1 }) },
          { model: 'b', frames: frames(10, 10) },
        ],
      },
      { frames: frames(5, 5, { skipped: 1 }), models: [{ model: 'b', frames: frames(5, 5) }] },
    ];
    expect(addCounters(agents)).toEqual({
      ...{ inferences: 33, framesLost: 1, framesSkipped: 5, fallbacks: 3 },
      models: { a: { inferences: 18, framesLost: 1 }, b: { inferences: 15, framesLost: 0 } },
    });
  });

  it('know a model whose frames have not come yet', () => {
    const { models } = addCounters([{ frames: frames(0, 0), models: [{ model: 'a' }] }]);
    expect(models).toEqual({ a: { inferences: 0, framesLost: 0 } });
  });
});
