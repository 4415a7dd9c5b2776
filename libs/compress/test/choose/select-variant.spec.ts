import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { accuracyDropOf } from '../../src/choose/accuracy-drop.js';
import type { Constraints } from '../../src/choose/constraints.js';
import { selectVariant, type SelectionRequest } from '../../src/choose/select-variant.js';
import type { VariantProfile } from '../../src/choose/variant-profile.js';

const HERE = 'arm64-4c-4g-ort1.30-asimddp';
const ELSEWHERE = 'x64-2c-8g-ort1.30-avx512_vnni';

const profile = (variant: string, about: Partial<VariantProfile> = {}): VariantProfile => ({
  variant,
  hardwareClass: HERE,
  p50Ms: 1,
  p95Ms: 2,
  rssMb: 80,
  bytes: 1000,
  accuracy: 0.95,
  ...about,
});

const choose = (profiles: readonly VariantProfile[], request: Partial<SelectionRequest> = {}) =>
  selectVariant(profiles, { hardwareClass: HERE, ...request });

describe('selectVariant', () => {
  it('takes the fastest that holds the floor and says why others were left out', () => {
    const profiles = [
      profile('fp32'),
      profile('int8-static', { p50Ms: 0.5, accuracy: 0.945 }),
      profile('pruned-int8', { p50Ms: 0.3, accuracy: 0.92 }),
    ];
    const selection = choose(profiles, { maxAccuracyDrop: 0.01 });
    expect(selection).toMatchObject({ kind: 'chosen', variant: 'int8-static' });
    expect(selection.rejected).toEqual([
      {
        variant: 'pruned-int8',
        breaches: [{ constraint: 'maxAccuracyDrop', limit: 0.01, actual: expect.closeTo(0.03) }],
      },
    ]);
  });

  it('counts a drop of exactly the limit as held', () => {
    const profiles = [profile('fp32'), profile('int8-static', { p50Ms: 0.5, accuracy: 0.94 })];
    expect(choose(profiles, { maxAccuracyDrop: 0.01 })).toMatchObject({ variant: 'int8-static' });
  });

  it('stays with the original where int8 is slower', () => {
    const profiles = [profile('fp32'), profile('int8-static', { p50Ms: 1.4 })];
    expect(choose(profiles, { maxAccuracyDrop: 0.01 })).toMatchObject({ kind: 'chosen', variant: 'fp32' });
  });

  it('never takes a variant that is unmeasured here while a measured one qualifies', () => {
    const profiles = [profile('fp32'), profile('int8-static', { hardwareClass: ELSEWHERE, p50Ms: 0.01 })];
    expect(choose(profiles)).toMatchObject({ kind: 'chosen', variant: 'fp32' });
  });

  it('names the original, unmeasured, where nothing was measured', () => {
    const profiles = [profile('int8-static', { hardwareClass: ELSEWHERE })];
    expect(choose(profiles)).toEqual({ kind: 'unmeasured', variant: 'fp32', rejected: [] });
  });

  it('answers none where everything was measured and nothing qualifies', () => {
    const profiles = [profile('fp32', { rssMb: 300 }), profile('int8-static', { rssMb: 200 })];
    const selection = choose(profiles, { maxRssMb: 100 });
    expect(selection.kind).toBe('none');
    expect(selection.rejected.map(({ variant }) => variant)).toEqual(['fp32', 'int8-static']);
  });

  it('fails closed where nothing is known about accuracy', () => {
    const { accuracy: _accuracy, ...unknown } = profile('int8-static', { p50Ms: 0.1 });
    const selection = choose([profile('fp32'), unknown], { maxAccuracyDrop: 0.5 });
    expect(selection).toMatchObject({ kind: 'chosen', variant: 'fp32' });
    expect(selection.rejected[0]?.breaches).toEqual([{ constraint: 'maxAccuracyDrop', limit: 0.5 }]);
  });

  it('takes the share of other labels as the bound of the drop where there are no labels', () => {
    const { accuracy: _a, ...fp32 } = profile('fp32', { agreement: 1 });
    const { accuracy: _b, ...int8 } = profile('int8-static', { agreement: 0.985, p50Ms: 0.5 });
    expect(accuracyDropOf([fp32, int8], 'int8-static', HERE, 'fp32')).toBeCloseTo(0.015);
    expect(choose([fp32, int8], { maxAccuracyDrop: 0.02 })).toMatchObject({ variant: 'int8-static' });
    expect(choose([fp32, int8], { maxAccuracyDrop: 0.01 })).toMatchObject({ variant: 'fp32' });
  });

  it('fears the worst that is known of any class where this one has no accuracy of its own', () => {
    const { accuracy: _a, ...fp32 } = profile('fp32');
    const { accuracy: _b, ...int8 } = profile('int8-static', { p50Ms: 0.5 });
    const others = [
      profile('fp32', { hardwareClass: ELSEWHERE }),
      profile('int8-static', { hardwareClass: ELSEWHERE, accuracy: 0.948 }),
      profile('fp32', { hardwareClass: 'x64-plain' }),
      profile('int8-static', { hardwareClass: 'x64-plain', accuracy: 0.89 }),
    ];
    expect(choose([fp32, int8, ...others], { maxAccuracyDrop: 0.01 })).toMatchObject({ variant: 'fp32' });
    expect(choose([fp32, int8, ...others.slice(0, 2)], { maxAccuracyDrop: 0.01 })).toMatchObject({
      variant: 'int8-static',
    });
  });

  it('judges models without labels by the error of their outputs', () => {
    const plain = (variant: string, outputError: number, p50Ms: number): VariantProfile => {
      const { accuracy: _accuracy, ...rest } = profile(variant, { outputError, p50Ms });
      return rest;
    };
    const profiles = [
      plain('fp32', 0, 1),
      plain('int8-weights', 0.002, 0.9),
      plain('int4-weights', 0.3, 0.5),
    ];
    const limits = { maxAccuracyDrop: 0.01, maxOutputError: 0.01 };
    expect(choose(profiles, limits)).toMatchObject({ kind: 'chosen', variant: 'int8-weights' });
  });

  it('can want the smallest instead of the fastest', () => {
    const profiles = [profile('fp32', { p50Ms: 0.5 }), profile('int8-weights', { bytes: 300 })];
    expect(choose(profiles, { objective: 'bytes' })).toMatchObject({ variant: 'int8-weights' });
    expect(choose(profiles, { objective: 'latency' })).toMatchObject({ variant: 'fp32' });
  });
});

const anyProfile = fc.record({
  variant: fc.constantFrom('fp32', 'fp16', 'int8-static', 'int8-mixed', 'pruned'),
  hardwareClass: fc.constantFrom(HERE, ELSEWHERE),
  p50Ms: fc.double({ min: 0.1, max: 10, noNaN: true }),
  p95Ms: fc.double({ min: 0.1, max: 20, noNaN: true }),
  rssMb: fc.double({ min: 50, max: 300, noNaN: true }),
  bytes: fc.integer({ min: 100, max: 10_000 }),
  accuracy: fc.double({ min: 0.5, max: 1, noNaN: true }),
});
const anyProfiles = fc.uniqueArray(anyProfile, {
  selector: ({ variant, hardwareClass }) => `${variant} ${hardwareClass}`,
  maxLength: 10,
});
const anyLimits: fc.Arbitrary<Constraints> = fc.record(
  {
    maxAccuracyDrop: fc.double({ min: 0, max: 0.3, noNaN: true }),
    maxP95Ms: fc.double({ min: 0.1, max: 20, noNaN: true }),
    maxRssMb: fc.double({ min: 50, max: 300, noNaN: true }),
    maxBytes: fc.integer({ min: 100, max: 10_000 }),
  },
  { requiredKeys: [] },
);

/** The constraints, spelled out for one profile. */
function holds(profiles: readonly VariantProfile[], one: VariantProfile, limits: Constraints): boolean {
  const drop = accuracyDropOf(profiles, one.variant, HERE, 'fp32');
  const { maxAccuracyDrop, maxP95Ms = Infinity, maxRssMb = Infinity, maxBytes = Infinity } = limits;
  const isAccurate = maxAccuracyDrop === undefined || (drop !== undefined && drop <= maxAccuracyDrop + 1e-9);
  return isAccurate && one.p95Ms <= maxP95Ms + 1e-9 && one.rssMb <= maxRssMb + 1e-9 && one.bytes <= maxBytes;
}

describe('any choice', () => {
  it('is measured here, holds the constraints and is within 5 % of the exhaustive best', () => {
    fc.assert(
      fc.property(anyProfiles, anyLimits, (profiles, limits) => {
        const selection = choose(profiles, limits);
        const qualified = profiles.filter(
          (one) => one.hardwareClass === HERE && holds(profiles, one, limits),
        );
        expect(selection.kind === 'chosen').toBe(qualified.length > 0);
        if (selection.kind !== 'chosen') return;
        expect(qualified).toContain(selection.profile);
        const best = Math.min(...qualified.map(({ p50Ms }) => p50Ms));
        expect(selection.profile.p50Ms).toBeLessThanOrEqual(best * 1.05);
      }),
    );
  });

  it('does not hang on the order of the profiles', () => {
    fc.assert(
      fc.property(anyProfiles, anyLimits, (profiles, limits) => {
        expect(choose([...profiles].reverse(), limits)).toEqual(choose(profiles, limits));
      }),
    );
  });

  it('gets no slower when a limit is taken away', () => {
    fc.assert(
      fc.property(anyProfiles, anyLimits, (profiles, limits) => {
        const [strict, free] = [choose(profiles, limits), choose(profiles)];
        if (strict.kind !== 'chosen' || free.kind !== 'chosen') return;
        expect(free.profile.p50Ms).toBeLessThanOrEqual(strict.profile.p50Ms * 1.05);
      }),
    );
  });
});
