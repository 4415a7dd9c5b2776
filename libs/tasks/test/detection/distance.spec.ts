import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DetectionSpec } from '@hamon/contracts';
import { seededRandom } from '@hamon/stats';
import { keepSmallest } from '../../src/detection/keep-smallest.js';
import { detection } from '../../src/detection/detection.js';
import { inputOf, outputs, rowsTensor, specOf } from './support.js';

const input = inputOf();
const random = seededRandom(5);
const anchors = Array.from({ length: 60 }, (_, i) => {
  const score = i % 12 === 0 ? 0.5 + random.next() / 2 : 0.01 * random.next();
  return [100 * random.next(), 100 * random.next(), 20, 20, score, 0.01, 0.01];
});
const distanceTo = (
  change: (row: readonly number[], i: number) => number[],
  rows: readonly number[][] = anchors,
  spec: DetectionSpec = specOf(),
): number =>
  detection.distance(
    spec,
    [outputs({ output0: rowsTensor(rows) })],
    [outputs({ output0: rowsTensor(rows.map(change)) })],
    input,
  );
const scaled = (factor: number) => (row: readonly number[]) =>
  row.map((n, part) => (part < 4 ? n : n * factor));
const moved = (pixels: number) => (row: readonly number[]) =>
  row.map((n, part) => (part < 2 ? n + pixels : n));

describe('the distance between two outputs of a detector', () => {
  it('is 0 to itself, and grows with what scores and boxes are off by', () => {
    expect(distanceTo((row) => [...row])).toBe(0);
    const distances = [0.95, 0.8, 0.5, 0].map((factor) => distanceTo(scaled(factor)));
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
    expect(distanceTo(moved(1))).toBeGreaterThan(0);
    expect(distanceTo(moved(5))).toBeGreaterThan(distanceTo(moved(1)));
  });

  it('does not let scores drown in pixels: a scale for both ruins one of them', () => {
    const step = 100 / 255;
    const rounded = (row: readonly number[]): number[] => row.map((n) => step * Math.round(n / step));
    const boxesAlone = (row: readonly number[]): number[] =>
      row.map((n, part) => (part < 4 ? step * Math.round(n / step) : Math.round(255 * n) / 255));
    expect(distanceTo(rounded)).toBeGreaterThan(50 * distanceTo(boxesAlone));
  });

  it('does not look at the boxes of the background', () => {
    const shaken = (row: readonly number[]): number[] =>
      row.map((n, part) => (part < 4 && (row[4] ?? 0) < 0.1 ? n + 3 : n));
    expect(distanceTo(shaken)).toBeLessThan(0.05 * distanceTo(moved(3)));
  });

  it('sees what was nothing and becomes something', () => {
    const alarmed = (row: readonly number[], i: number): number[] =>
      row.map((n, part) => (part === 5 && i % 12 === 3 ? 0.9 : n));
    expect(distanceTo(alarmed)).toBeGreaterThan(0.5);
  });

  it('finds rows again that the model put in another order', () => {
    const spec = specOf({ format: 'end-to-end' });
    const rows = [
      [0, 0, 20, 20, 0.9, 0],
      [50, 50, 70, 70, 0.8, 1],
    ];
    expect(distanceTo((_, i) => rows[1 - i] ?? [], rows, spec)).toBe(0);
    expect(
      distanceTo((row, i) => (i === 0 ? [...row.slice(0, 5), 2] : [...row]), rows, spec),
    ).toBeGreaterThan(0.5);
  });

  it('is infinite to what is no output', () => {
    expect(distanceTo((row) => row.map(() => NaN))).toBe(Infinity);
    expect(detection.distance(specOf(), [outputs({ output0: rowsTensor(anchors) })], [], input)).toBe(
      Infinity,
    );
  });
});

describe('keepSmallest', () => {
  it('keeps what sorting would', () => {
    const values = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 220 }), (list, most) => {
        const all = Float64Array.from(list);
        const kept = keepSmallest(all, list.length, most);
        const sorted = [...list].sort((a, b) => a - b);
        expect([...all.subarray(0, kept)].sort((a, b) => a - b)).toEqual(sorted.slice(0, most));
      }),
    );
  });
});
