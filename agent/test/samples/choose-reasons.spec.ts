import type { SamplePolicy, SampleReason } from '@hamon/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseReasons, PART_OF, partsOf, type SampleFacts } from '../../src/samples/choose-reasons.js';
import { DailyCounts } from '../../src/samples/daily-counts.js';
import { fittedMeta } from '../../src/samples/fitted-meta.js';
import { lotOf } from '../../src/samples/lot-of.js';
import { sampleMeta } from './support.js';

const part = <T extends object>(more: fc.Arbitrary<T>) =>
  fc.option(
    fc.tuple(fc.integer({ min: 1, max: 5 }), more).map(([perDay, rest]) => ({ perDay, ...rest })),
    { nil: undefined },
  );
const nothing = fc.constant({});
const policies: fc.Arbitrary<SamplePolicy> = fc
  .record({
    defects: part(nothing),
    lowConfidence: part(fc.record({ below: fc.double({ min: 0, max: 1, noNaN: true }) })),
    disagreement: part(nothing),
    drift: part(nothing),
    random: part(fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }) })),
  })
  .map((parts) => Object.fromEntries(Object.entries(parts).filter(([, one]) => one)) as SamplePolicy);
const facts: fc.Arbitrary<SampleFacts> = fc.record({
  isDefect: fc.boolean(),
  confidence: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  disagreements: fc.subarray(['edge-cloud', 'shadow-current'] as const),
  isDrifting: fc.boolean(),
  lot: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

describe('why a picture is kept', () => {
  it('is never what the policy does not ask for, and never beyond a daily number', () => {
    fc.assert(
      fc.property(policies, fc.array(facts, { maxLength: 60 }), (policy, frames) => {
        const counts = new DailyCounts();
        const at = new Date('2026-11-29T12:00:00Z');
        const kept = new Map<string, number>();
        for (const one of frames) {
          const reasons = chooseReasons(policy, one, counts.of('line', at));
          counts.add('line', reasons, at);
          for (const name of partsOf(reasons)) kept.set(name, (kept.get(name) ?? 0) + 1);
          for (const reason of reasons) expect(policy[PART_OF[reason]]).toBeDefined();
          if (reasons.includes('defect')) expect(one.isDefect).toBe(true);
          if (reasons.includes('low-confidence')) {
            expect(one.confidence).toBeLessThan(policy.lowConfidence?.below ?? 0);
          }
          for (const kind of ['edge-cloud', 'shadow-current'] as const) {
            if (reasons.includes(kind)) expect(one.disagreements).toContain(kind);
          }
        }
        for (const [name, count] of kept) {
          expect(count).toBeLessThanOrEqual(policy[name as keyof SamplePolicy]?.perDay ?? 0);
        }
      }),
    );
  });

  it('keeps every picture that it is asked for while there is room', () => {
    fc.assert(
      fc.property(policies, facts, (policy, one) => {
        const reasons = chooseReasons(policy, one, {});
        expect(reasons.includes('defect')).toBe(one.isDefect && policy.defects !== undefined);
        expect(reasons.includes('drift')).toBe(one.isDrifting && policy.drift !== undefined);
        expect(reasons.includes('random')).toBe(one.lot < (policy.random?.share ?? 0));
      }),
    );
  });

  it('counts each day anew, each stream by itself, and no day twice where a clock is set back', () => {
    const counts = new DailyCounts();
    const add = (stream: string, at: string, reasons: SampleReason[]) =>
      counts.add(stream, reasons, new Date(at));
    add('a', '2026-11-29T23:59:59Z', ['edge-cloud', 'shadow-current', 'random']);
    expect(counts.of('a', new Date('2026-11-29T23:59:59Z'))).toEqual({ disagreement: 1, random: 1 });
    expect(counts.of('b', new Date('2026-11-29T23:59:59Z'))).toEqual({});
    expect(counts.of('a', new Date('2026-11-30T00:00:00Z'))).toEqual({});
    add('a', '2026-11-30T00:00:01Z', ['defect']);
    expect(counts.of('a', new Date('2026-11-29T23:00:00Z'))).toEqual({ defects: 1 });
    expect(counts.of('a', new Date('2020-01-01T00:00:00Z'))).toEqual({});
  });
});

describe('the lot of an answer', () => {
  it('is its own, the same each time, and spread evenly', () => {
    const lots = Array.from({ length: 20_000 }, (_, i) => lotOf('line', `id-${i}`));
    expect(lotOf('line', 'id-7')).toBe(lots[7]);
    const bins = new Array<number>(10).fill(0);
    for (const lot of lots) bins[Math.floor(lot * 10)]! += 1;
    // Five standard deviations of a fair share.
    for (const count of bins) expect(Math.abs(count - 2000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.09));
  });
});

describe('what is said of a sample', () => {
  const segmentation = (cells: number): NonNullable<ReturnType<typeof sampleMeta>['result']> => ({
    ...{ schema: 'hamon.result/2', model: 'm', version: '1.0.0', variant: 'fp32', source: 'edge' },
    ...{ task: 'segmentation', latencyMs: 1, frame: { width: 10, height: 10 } },
    output: {
      regions: [],
      shares: {},
      mask: { width: 10, height: 10, rle: new Array<number>(cells).fill(1) },
    },
  });

  it('is left whole where it fits, and loses its masks, then its answers, where it does not', () => {
    const whole = { ...sampleMeta(), result: segmentation(10), other: segmentation(10) };
    expect(fittedMeta(whole)).toBe(whole);
    const large = { ...whole, result: segmentation(50_000) };
    expect(fittedMeta(large)).toMatchObject({ isShortened: true, result: { output: { mask: { rle: [] } } } });
    const { result, other, ...rest } = fittedMeta(large, 700);
    expect([result !== undefined, other, rest.isShortened]).toEqual([true, undefined, true]);
    expect(fittedMeta(large, 10)).not.toHaveProperty('result');
  });
});
