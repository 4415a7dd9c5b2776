import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InferenceResult } from '@hamon/contracts';
import { answerKey, type KeyedRecord } from '../../../src/data/sinks/answer-key.js';
import { NOTHING_SEEN, passage, type WhenRule } from '../../../src/data/sinks/when-filter.js';

const named = {
  schema: 'hamon.result/2',
  ...{ model: 'm', version: '1.0.0', variant: 'fp32', latencyMs: 1, frame: { width: 9, height: 9 } },
  source: 'edge',
} as const;

const classified = (label: string, confidence = 0.9): InferenceResult => ({
  ...named,
  ...{ task: 'classification', output: { label, confidence, probabilities: [] } },
});
const box = { x: 0, y: 0, width: 1, height: 1 };
const detected = (...labels: string[]): InferenceResult => ({
  ...named,
  task: 'detection',
  output: { detections: labels.map((label) => ({ label, confidence: 0.5, box })) },
});

interface Seen {
  readonly at: number;
  readonly record: KeyedRecord;
}

const records = fc.oneof(
  fc.record({
    verdict: fc.constantFrom('ok' as const, 'defect' as const),
    result: fc.constantFrom('good', 'dent', 'scratch').map((label) => classified(label)),
  }),
  fc.constant<KeyedRecord>({}),
);
/** A stream of records, each a while after the one before. */
const streams = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 40 }), records), { maxLength: 120 })
  .map((steps) => {
    let now = 0;
    return steps.map(([after, record]): Seen => ({ at: (now += after), record }));
  });
const holds = fc.constantFrom(0, 1, 30, 100);

function run(rule: WhenRule, stream: readonly Seen[]): { passed: Seen[]; held: Seen[] } {
  let state = NOTHING_SEEN;
  const [passed, held]: [Seen[], Seen[]] = [[], []];
  for (const seen of stream) {
    const step = passage(rule, state, seen.record, seen.at);
    state = step.state;
    if (step.passes) passed.push(seen);
    if (step.isHeld) held.push(seen);
  }
  return { passed, held };
}

const pairs = (seen: readonly Seen[]): (readonly [Seen, Seen])[] =>
  seen.slice(1).map((later, i) => [seen[i]!, later]);

describe('when: always', () => {
  it('passes everything, whatever the hold time', () => {
    fc.assert(
      fc.property(streams, holds, (stream, holdMs) => {
        expect(run({ when: 'always', holdMs }, stream).passed).toEqual(stream);
      }),
    );
  });
});

describe('when: defect', () => {
  const defects = (stream: readonly Seen[]): Seen[] =>
    stream.filter(({ record }) => record.verdict === 'defect');

  it('passes the first defect, no two within the hold time, and holds the others', () => {
    fc.assert(
      fc.property(streams, holds, (stream, holdMs) => {
        const { passed, held } = run({ when: 'defect', holdMs }, stream);
        expect(passed[0]).toBe(defects(stream)[0]);
        for (const [one, next] of pairs(passed)) expect(next.at - one.at).toBeGreaterThanOrEqual(holdMs);
        const told = new Set(passed);
        expect(held).toEqual(defects(stream).filter((defect) => !told.has(defect)));
      }),
    );
  });

  it('is never silent about a defect for longer than the hold time', () => {
    fc.assert(
      fc.property(streams, holds, (stream, holdMs) => {
        const { passed, held } = run({ when: 'defect', holdMs }, stream);
        for (const { at } of held) {
          expect(passed.some((told) => told.at <= at && at - told.at < holdMs)).toBe(true);
        }
      }),
    );
  });
});

describe('when: change', () => {
  it('passes nothing that says the same as the one before, and only what has lasted', () => {
    fc.assert(
      fc.property(streams, holds, (stream, holdMs) => {
        const { passed } = run({ when: 'change', holdMs }, stream);
        for (const [one, next] of pairs(passed)) {
          expect(answerKey(next.record)).not.toBe(answerKey(one.record));
        }
        for (const told of passed) {
          const key = answerKey(told.record);
          const during = stream.filter(({ at }) => at > told.at - holdMs && at < told.at);
          expect(during.every(({ record }) => answerKey(record) === key)).toBe(true);
        }
      }),
    );
  });

  it('passes each answer that lasts, however the ones before it flickered', () => {
    fc.assert(
      fc.property(streams, holds, records, (stream, holdMs, last) => {
        const end = (stream.at(-1)?.at ?? 0) + 1;
        const lasting = [
          { at: end, record: last },
          { at: end + holdMs, record: last },
        ];
        const { passed } = run({ when: 'change', holdMs }, [...stream, ...lasting]);
        expect(answerKey(passed.at(-1)!.record)).toBe(answerKey(last));
      }),
    );
  });
});

describe('answerKey', () => {
  it('is of the verdict and of what was found, not of its figures', () => {
    const key = (result: InferenceResult, verdict?: 'ok' | 'defect'): string =>
      answerKey({ result, ...(verdict && { verdict }) });
    expect(key(classified('dent', 0.5))).toBe(key(classified('dent', 0.9)));
    expect(key(classified('dent'))).not.toBe(key(classified('good')));
    expect(key(classified('dent'), 'ok')).not.toBe(key(classified('dent'), 'defect'));
    expect(key(detected('b', 'a', 'b'))).toBe(key(detected('a', 'b')));
    expect(key(detected())).not.toBe(key(detected('a')));
    const measured = (mm: number): InferenceResult => ({
      ...{ ...named, task: 'regression', output: { values: { width: mm } } },
    });
    expect(key(measured(1))).toBe(key(measured(2)));
    const scored = (score: number): InferenceResult => ({
      ...{ ...named, task: 'anomaly', output: { score, isAnomalous: score >= 0.5, regions: [] } },
    });
    expect(key(scored(0.1))).toBe(key(scored(0.2)));
    expect(key(scored(0.1))).not.toBe(key(scored(0.9)));
  });
});
