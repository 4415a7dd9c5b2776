import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  anytimeMultiplier,
  differenceInterval,
  normalQuantile,
  seededRandom,
  wilsonInterval,
} from '../src/index.js';

describe('the normal quantile', () => {
  it.each([
    [0.5, 0],
    [0.975, 1.959964],
    [0.995, 2.575829],
    [0.001, -3.090232],
    [0.999999, 4.753424],
  ])('of %d is %d', (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 5);
  });

  it('is odd around one half', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 0.5, noNaN: true }), (p) => {
        expect(normalQuantile(p)).toBeCloseTo(-normalQuantile(1 - p), 4);
      }),
    );
    expect(() => normalQuantile(0)).toThrow(RangeError);
  });
});

describe("Wilson's interval", () => {
  it('gives the published figures for 15 of 148 (Newcombe 1998)', () => {
    const { lower, upper } = wilsonInterval(15, 148, 1.959964);
    expect(lower).toBeCloseTo(0.0624, 4);
    expect(upper).toBeCloseTo(0.1605, 4);
  });

  it('is honest at the ends and without trials', () => {
    expect(wilsonInterval(0, 0, 2)).toEqual({ lower: 0, upper: 1 });
    expect(wilsonInterval(0, 20, 2).lower).toBe(0);
    expect(wilsonInterval(20, 20, 2).upper).toBe(1);
    expect(wilsonInterval(20, 20, 2).lower).toBeLessThan(0.9);
  });

  it('holds its own estimate and shrinks with trials', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(500), (trials, some) => {
        const successes = Math.min(some, trials);
        const { lower, upper } = wilsonInterval(successes, trials, 2.5);
        const more = wilsonInterval(successes * 4, trials * 4, 2.5);
        expect(lower).toBeLessThanOrEqual(successes / trials + 1e-12);
        expect(upper).toBeGreaterThanOrEqual(successes / trials - 1e-12);
        expect(more.upper - more.lower).toBeLessThan(upper - lower);
      }),
    );
  });

  it('gives the published difference of 56/70 and 48/80 (Newcombe 1998, method 10)', () => {
    const { lower, upper } = differenceInterval(
      { successes: 56, trials: 70 },
      { successes: 48, trials: 80 },
      1.959964,
    );
    expect(lower).toBeCloseTo(0.0524, 4);
    expect(upper).toBeCloseTo(0.3339, 4);
  });
});

describe('the multiplier for any number of looks', () => {
  it('is wider than one look and slowly grows', () => {
    const once = normalQuantile(0.995);
    const first = anytimeMultiplier(120, 120, 0.99);
    expect(first).toBeGreaterThan(once);
    expect(first).toBeLessThan(3.7);
    expect(anytimeMultiplier(12_000, 120, 0.99)).toBeLessThan(4.5);
  });

  it('keeps its error over a thousand looks where an ordinary interval loses it', () => {
    // A proportion of 2 % looked at after every frame from the 100th to the 1100th.
    const random = seededRandom(7);
    const once = normalQuantile(0.975);
    let anytime = 0;
    let ordinary = 0;
    const rounds = 400;
    for (let round = 0; round < rounds; round += 1) {
      let failures = 0;
      let [anytimeAlarm, ordinaryAlarm] = [false, false];
      for (let frames = 1; frames <= 1100; frames += 1) {
        if (random.next() < 0.02) failures += 1;
        if (frames < 100) continue;
        const z = anytimeMultiplier(frames, 100, 0.95);
        anytimeAlarm ||= wilsonInterval(failures, frames, z).lower > 0.02;
        ordinaryAlarm ||= wilsonInterval(failures, frames, once).lower > 0.02;
      }
      anytime += Number(anytimeAlarm);
      ordinary += Number(ordinaryAlarm);
    }
    expect(anytime / rounds).toBeLessThanOrEqual(0.05);
    expect(ordinary / rounds).toBeGreaterThan(0.05);
  });
});

describe('seeded randomness', () => {
  it('repeats itself for a seed and differs between seeds', () => {
    const draws = (seed: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 5 }, () => random.next());
    };
    expect(draws(3)).toEqual(draws(3));
    expect(draws(3)).not.toEqual(draws(4));
  });

  it('is uniform, normal where asked, and shuffles without losing anything', () => {
    const random = seededRandom(11);
    const uniform = Array.from({ length: 20_000 }, () => random.next());
    expect(uniform.every((u) => u >= 0 && u < 1)).toBe(true);
    expect(uniform.reduce((a, b) => a + b) / uniform.length).toBeCloseTo(0.5, 1);
    const normal = Array.from({ length: 20_000 }, () => random.normal());
    const mean = normal.reduce((a, b) => a + b) / normal.length;
    const variance = normal.reduce((a, b) => a + (b - mean) ** 2, 0) / normal.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
    const items = Array.from({ length: 100 }, (_, i) => i);
    const shuffled = random.shuffled(items);
    expect(shuffled).not.toEqual(items);
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items);
  });
});
