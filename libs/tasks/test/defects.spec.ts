import { describe, expect, it } from 'vitest';
import { TASKS } from '../src/index.js';

const BOX = { x: 1, y: 2, width: 3, height: 4 };

describe('what a stream calls a defect', () => {
  it('is a label of a classification, sure enough', () => {
    const answer = { label: 'Crack', confidence: 0.7, probabilities: [0.7, 0.3] };
    const { isDefect } = TASKS.classification;
    expect(isDefect(answer, { labels: ['Crack'] })).toBe(true);
    expect(isDefect(answer, { labels: ['Crack'], minConfidence: 0.8 })).toBe(false);
    expect(isDefect(answer, { labels: ['Fray'] })).toBe(false);
    expect(isDefect(answer, {})).toBeNull();
  });

  it('is a box of a label', () => {
    const answer = { detections: [{ label: 'Crack', confidence: 0.4, box: BOX }] };
    const { isDefect, places } = TASKS.detection;
    expect(isDefect(answer, { labels: ['Crack', 'Fray'] })).toBe(true);
    expect(isDefect(answer, { labels: ['Crack'], minConfidence: 0.5 })).toBe(false);
    expect(isDefect({ detections: [] }, { labels: ['Crack'] })).toBe(false);
    expect(places(answer)).toEqual(answer.detections);
  });

  it('is a region of a label', () => {
    const answer = {
      regions: [{ label: 'Crack', area: 5, box: BOX }],
      shares: { Crack: 0.1 },
      mask: { width: 1, height: 1, rle: [0, 1] },
    };
    expect(TASKS.segmentation.isDefect(answer, { labels: ['Crack'] })).toBe(true);
    expect(TASKS.segmentation.isDefect(answer, { labels: ['Fray'] })).toBe(false);
    expect(TASKS.segmentation.isDefect(answer, { limits: {} })).toBeNull();
  });

  it('is what is anomalous, whatever the stream says', () => {
    const { isDefect } = TASKS.anomaly;
    expect(isDefect({ score: 0.6, isAnomalous: true, regions: [] }, {})).toBe(true);
    expect(isDefect({ score: 0.4, isAnomalous: false, regions: [] }, { labels: ['x'] })).toBe(false);
  });

  it('is a value outside of its limits, or one that is no number', () => {
    const { isDefect } = TASKS.regression;
    const rule = { limits: { gap: { minimum: 1, maximum: 2 } } };
    expect(isDefect({ values: { gap: 2 } }, rule)).toBe(false);
    expect(isDefect({ values: { gap: 2.1 } }, rule)).toBe(true);
    expect(isDefect({ values: { gap: 0.9 } }, rule)).toBe(true);
    expect(isDefect({ values: { gap: Number.NaN } }, rule)).toBe(true);
    expect(isDefect({ values: { length: 9 } }, rule)).toBeNull();
  });
});
