import { describe, expect, it } from 'vitest';
import { shortcomings, type ModelFigures, type RolloutSummary } from '../demo/src/result.js';

const pass = (devices: number) => ({ devices, verdict: 'pass' as const });
const rollouts: RolloutSummary[] = [
  { version: '1.0.0', result: 'succeeded' },
  { version: '2.0.0', result: 'succeeded', stages: [pass(1), pass(3), pass(6)] },
  {
    ...{ version: '3.0.0', result: 'rolled-back', reason: 'agreement', devicesTouched: 1 },
    stages: [{ devices: 1, verdict: 'fail' }],
  },
];
const figures = {
  ...{ devices: 6, seconds: 40, rollouts, final: { '2.0.0': 6 }, inferences: 4000, fallbacks: 0 },
  ...{ framesLost: 0, framesSkipped: 12 },
  models: {
    inspection: { inferences: 3000, framesLost: 0, final: { '2.0.0': 6 } },
    detector: { inferences: 1000, framesLost: 0, final: { '1.0.0': 6 } },
  },
};
const alone = { devices: 6, goodVersion: '2.0.0' };
const expected = { ...alone, beside: { model: 'detector', version: '1.0.0' } };
const bad = (changes: Partial<RolloutSummary>) => ({
  ...figures,
  rollouts: [...rollouts.slice(0, 2), { ...rollouts[2]!, ...changes }],
});

const detector = (changes: Partial<ModelFigures>) => ({
  ...figures,
  models: { ...figures.models, detector: { ...figures.models.detector, ...changes } },
});

describe('the promises of the demo', () => {
  it('are kept where all of it happened; a skipped frame is none that was lost', () => {
    expect(shortcomings(figures, expected)).toEqual([]);
    expect(shortcomings(figures, alone)).toEqual([]);
  });

  it.each([
    ['a frame is lost', { ...figures, framesLost: 1 }, '1 frames were lost'],
    ['no frame was answered', { ...figures, inferences: 0 }, 'no frame was answered'],
    ['a device ends elsewhere', { ...figures, final: { '2.0.0': 5, '3.0.0': 1 } }, 'not every device'],
    ['the bad version succeeds', bad({ result: 'succeeded' }), 'was not rolled back'],
    ['it reaches two devices', bad({ devicesTouched: 2 }), 'more than one device'],
    ['it passes a stage', bad({ stages: [pass(1), pass(3)] }), 'did not fail at the first stage'],
    ['the model beside loses a frame', detector({ framesLost: 2 }), '2 frames of detector were lost'],
    ['it answers none', detector({ inferences: 0 }), 'no frame of detector was answered'],
    ['it is gone from a device', detector({ final: { '1.0.0': 5, none: 1 } }), 'runs detector@1.0.0 beside'],
    ['it never came', { ...figures, models: {} }, 'runs detector@1.0.0 beside'],
    ['the good one is stopped', { ...figures, rollouts: rollouts.slice(0, 1) }, 'did not succeed'],
  ])('are broken where %s', (_, seen, why) => {
    expect(shortcomings(seen, expected).join('\n')).toContain(why);
  });
});
