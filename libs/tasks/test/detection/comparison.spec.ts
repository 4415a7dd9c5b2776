import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DetectionComparison, type DetectionAnswer } from '@hamon/contracts';
import { detection } from '../../src/detection/detection.js';
import { totalsOf } from '../../src/detection/box-counts.js';
import { anyAnswer, answerOf, found, specOf } from './support.js';

const { comparisons } = detection;
const pairs = fc.array(fc.tuple(anyAnswer, anyAnswer), { maxLength: 12 });

function compared(all: readonly (readonly [DetectionAnswer, DetectionAnswer])[]): DetectionComparison {
  const collector = comparisons.collect(specOf());
  for (const [first, second] of all) collector.add(first, second);
  expect(collector.frames).toBe(all.length);
  return DetectionComparison.parse(collector.build());
}

/** Labels by name and entries in order: what two comparisons say, however they were put together. */
function said({ labels, both, onlyFirst, onlySecond, ...rest }: DetectionComparison): unknown {
  const name = (i: number): string => labels[i] ?? '?';
  return {
    ...rest,
    both: both.map(([a, b, n]) => `${name(a)} ${name(b)} ${n}`).sort(),
    onlyFirst: onlyFirst.map(([a, n]) => `${name(a)} ${n}`).sort(),
    onlySecond: onlySecond.map(([a, n]) => `${name(a)} ${n}`).sort(),
  };
}

function oneCrack(): DetectionAnswer {
  return answerOf(found('Crack', 0.9, [0, 0, 9, 9]));
}

describe('same-frame comparisons of detectors', () => {
  it('count every box of both once, and contradict nothing', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const comparison = compared(all);
        expect(comparisons.fault(comparison)).toBeUndefined();
        const { both, onlyFirst, onlySecond, same } = totalsOf(comparison);
        const boxes = (side: 0 | 1): number =>
          all.reduce((sum, pair) => sum + pair[side].detections.length, 0);
        expect(both + onlyFirst).toBe(boxes(0));
        expect(both + onlySecond).toBe(boxes(1));
        expect(comparison.f1).toMatchObject({ numerator: 2 * same, denominator: boxes(0) + boxes(1) });
      }),
    );
  });

  it('of equal answers agree altogether', () => {
    fc.assert(
      fc.property(fc.array(anyAnswer, { minLength: 1, maxLength: 8 }), (answers) => {
        const comparison = compared(answers.map((one) => [one, one]));
        const isEmpty = answers.every(({ detections }) => detections.length === 0);
        expect(comparisons.agreement(comparison)).toBe(isEmpty ? null : 1);
        expect(totalsOf(comparison)).toMatchObject({ onlyFirst: 0, onlySecond: 0 });
      }),
    );
  });

  it('are the same put together in whatever order', () => {
    fc.assert(
      fc.property(pairs, pairs, pairs, (a, b, c) => {
        const [x, y, z] = [compared(a), compared(b), compared(c)];
        const { merge, empty } = comparisons;
        const merged = said(merge(merge(x, y), z)) as DetectionComparison;
        expect(said(merge(x, merge(y, z)))).toEqual(merged);
        expect(said(merge(z, merge(y, x)))).toEqual(merged);
        // Frames of different windows are not held beside each other: of chance they say nothing.
        const { chance, repeatFirst, repeatSecond } = merged;
        const whole = said(compared([...a, ...b, ...c])) as DetectionComparison;
        expect({ ...whole, chance, repeatFirst, repeatSecond }).toEqual(merged);
        expect(said(merge(empty(), x))).toEqual(said(x));
        expect(comparisons.fault(merge(x, y))).toBeUndefined();
      }),
    );
  });

  it('are transposed where the versions change places, exact ties included', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const comparison = compared(all);
        const { transpose } = comparisons;
        expect(transpose(transpose(comparison))).toEqual(comparison);
        expect(said(transpose(comparison))).toEqual(said(compared(all.map(([a, b]) => [b, a]))));
      }),
    );
  });

  it('match boxes of one label first, and others by their overlap', () => {
    const first = answerOf(found('Crack', 0.9, [0, 0, 20, 20]), found('Fray', 0.8, [0, 0, 20, 18]));
    const second = answerOf(found('Fray', 0.9, [0, 0, 20, 20]), found('Crack', 0.8, [0, 0, 20, 18]));
    expect(comparisons.agreement(compared([[first, second]]))).toBe(1);
    const other = answerOf(found('Break', 0.9, [0, 0, 20, 19]));
    const comparison = compared([[first, other]]);
    expect(said(comparison)).toMatchObject({
      both: ['Crack Break 1'],
      onlyFirst: ['Fray 1'],
      onlySecond: [],
    });
  });

  it('keep no more labels than a stage has room for, and go on counting F1', () => {
    const windows = Array.from({ length: 5 }, (_, window) =>
      compared(
        Array.from({ length: 400 }, (__, i) => {
          const one = answerOf(found(`label ${window} ${i}`, 0.9, [0, 0, 9, 9]));
          return [one, one] as const;
        }),
      ),
    );
    const merged = DetectionComparison.parse(windows.reduce(comparisons.merge));
    expect(merged.labels.length).toBeLessThanOrEqual(1001);
    expect(merged).toMatchObject({ frames: 2000, f1: { frames: 2000, numerator: 4000 } });
    expect(comparisons.fault(merged)).toBeUndefined();
  });

  it('leave out frames that a window has no room for', () => {
    const collector = comparisons.collect(specOf());
    for (let i = 0; i < 700; i += 1) {
      const one = answerOf(found(`label ${i}`, 0.9, [0, 0, 9, 9]));
      collector.add(one, one);
    }
    expect(collector.frames).toBe(500);
    expect(DetectionComparison.parse(collector.build()).labels).toHaveLength(500);
  });

  it.each<[string, Partial<DetectionComparison>, RegExp]>([
    ['labels that are not named', { both: [[0, 9, 1]] }, /labels that are not named/],
    ['a label that is named twice', { labels: ['Crack', 'Crack'] }, /a label is named twice/],
    [
      'a frame that outweighs all others',
      {
        f1: {
          ...{ frames: 1, numerator: 2, denominator: 1e6 },
          ...{ numeratorSquares: 4, products: 2e6, denominatorSquares: 1e12 },
        },
      },
      /more frames, or more boxes in them/,
    ],
    [
      'squares below those of equal frames',
      { f1: { ...compared([[oneCrack(), oneCrack()]]).f1, numeratorSquares: 0, products: 0 } },
      /box F1/,
    ],
    ['counts that are no counts', { onlyFirst: [[0, -1]] }, /labels that are not named/],
    ['more found frames than frames', { firstFound: 5 }, /frames by who found something/],
    ['more boxes than were found', { onlyFirst: [[0, 50]] }, /boxes of both versions are counted, of 2/],
    [
      'a ratio above 1',
      { f1: { ...comparisons.empty().f1, frames: 1, numerator: 9, denominator: 2 } },
      /box F1/,
    ],
  ])('are refused with %s', (_, change, fault) => {
    const one = answerOf(found('Crack', 0.9, [0, 0, 9, 9]));
    expect(comparisons.fault({ ...compared([[one, one]]), ...change })).toMatch(fault);
  });

  it('of versions that flood a frame count their most confident boxes, and match these', () => {
    const flood = (label: string): DetectionAnswer =>
      answerOf(...Array.from({ length: 1000 }, () => found(label, 0.5, [0, 0, 10, 10])));
    const same = compared(Array.from({ length: 6 }, () => [flood('Crack'), flood('Crack')]));
    expect(totalsOf(same)).toEqual({ both: 1800, same: 1800, onlyFirst: 0, onlySecond: 0 });
    expect(comparisons.fault(same)).toBeUndefined();
    expect(comparisons.agreement(same)).toBe(1);
    const others = compared([[flood('Crack'), flood('Fray')]]);
    expect(totalsOf(others)).toEqual({ both: 300, same: 0, onlyFirst: 0, onlySecond: 0 });
  });
});
