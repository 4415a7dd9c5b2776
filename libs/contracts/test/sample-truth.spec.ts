import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_SAMPLE_RULES,
  FleetPolicyDocument,
  GiveFeedback,
  SampleTruth,
  truthWords,
  type TaskName,
} from '../src/index.js';

const label = fc.constantFrom('Crack', 'Riß 3 µm', '傷', 'a, b');
const box = fc.record({
  x: fc.integer({ min: -5, max: 60 }),
  y: fc.integer({ min: -5, max: 60 }),
  width: fc.integer({ min: 1, max: 50 }),
  height: fc.integer({ min: 1, max: 50 }),
});
const truths: { readonly [T in TaskName]: fc.Arbitrary<unknown> } = {
  classification: fc.record({ task: fc.constant('classification'), label }),
  detection: fc.record({ task: fc.constant('detection'), boxes: fc.array(fc.record({ label, box })) }),
  segmentation: fc.array(fc.nat({ max: 2 }), { minLength: 6, maxLength: 6 }).map((pixels) => ({
    ...{ task: 'segmentation', labels: ['ground', 'oil', 'rust'] },
    mask: { width: 3, height: 2, rle: pixels.flatMap((place) => [place, 1]) },
  })),
  anomaly: fc.oneof(
    fc.constant({ task: 'anomaly', isAnomalous: false }),
    fc.record({ task: fc.constant('anomaly'), isAnomalous: fc.constant(true), fault: label }),
  ),
  regression: fc.record({
    task: fc.constant('regression'),
    values: fc.dictionary(label, fc.integer(), { minKeys: 1, maxKeys: 3 }),
  }),
};

describe('what somebody says of a picture', () => {
  it.each(Object.keys(truths) as TaskName[])(
    'of %s survives its way, and its words are its labels',
    (task) => {
      fc.assert(
        fc.property(truths[task], (said) => {
          const truth = SampleTruth.parse(JSON.parse(JSON.stringify(said)));
          expect(truth).toEqual(said);
          const words = truthWords(truth);
          expect(new Set(words).size).toBe(words.length);
          const text = `${JSON.stringify(truth)} good anomalous`;
          for (const word of words) expect(text).toContain(word);
        }),
      );
    },
  );

  it('names one picture, in one way', () => {
    const id = '6d2cc1f2-3a5b-4f43-9b0e-0d4b2a7c1e55';
    const truth = { task: 'classification', label: 'a' };
    const record = { device: 'gate-1', stream: 'line-a', id };
    expect(GiveFeedback.safeParse({ sample: id, truth }).success).toBe(true);
    expect(GiveFeedback.safeParse({ record, truth }).success).toBe(true);
    for (const given of [{ truth }, { sample: id, record, truth }, { sample: id, truth, score: 1 }])
      expect(GiveFeedback.safeParse(given).success).toBe(false);
  });
});

describe("a fleet's policy", () => {
  it('that says nothing lets nothing leave', () => {
    const document = FleetPolicyDocument.parse({ schema: 'hamon.fleet-policy/1', samples: {} });
    expect(document.samples).toEqual(DEFAULT_SAMPLE_RULES);
    expect(document.samples.upload).toBe(false);
  });
});
