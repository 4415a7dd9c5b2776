import { describe, expect, it } from 'vitest';
import { assessFrames, LOOK_BACK_MS, type FrameSample } from '../../src/core/assess-frames.js';

const sample = (change: Partial<FrameSample> = {}): FrameSample => ({
  ...{ atMs: 0, accepted: 0, failed: 0, skipped: 0, rejected: 0, serving: 1 },
  ...change,
});
const lately = (change: Partial<FrameSample>, atMs = LOOK_BACK_MS): FrameSample[] => [
  sample(),
  sample({ atMs, ...change }),
];

describe('frames of the last minutes', () => {
  it('that a fifth of cannot be decoded are a trouble, with its share', () => {
    expect(assessFrames(lately({ accepted: 80, rejected: 20 }, 30_000), true)).toEqual([
      expect.objectContaining({
        code: 'frames-rejected',
        share: 0.2,
        detail: expect.stringMatching(/^20 of 100/),
      }),
    ]);
  });

  it.each([
    ['a few', { accepted: 5, rejected: 4 }],
    ['one in a hundred', { accepted: 990, rejected: 10 }],
  ])('of which %s are bad are none', (_what, change) => {
    expect(assessFrames(lately(change), true)).toEqual([]);
  });

  it('that get no answer are one', () => {
    expect(assessFrames(lately({ accepted: 10, failed: 10 }), false)).toMatchObject([
      { code: 'frames-unanswered', share: 1 },
    ]);
  });

  it('that do not come are one where a source is to deliver them, a model runs, and for minutes', () => {
    const codes = (samples: FrameSample[], hasSource = true): string[] =>
      assessFrames(samples, hasSource).map(({ code }) => code);
    expect(codes(lately({}))).toEqual(['no-frames']);
    expect(codes(lately({}), false)).toEqual([]);
    expect(codes(lately({}, 60_000))).toEqual([]);
    expect(codes(lately({ serving: null }))).toEqual([]);
    // A device that cannot keep up is slow, and its camera is there.
    expect(codes(lately({ skipped: 3 }))).toEqual([]);
    expect(codes([])).toEqual([]);
  });
});
