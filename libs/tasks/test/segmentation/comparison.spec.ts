import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatePolicy, TaskComparison, TaskSummary, type SegmentationComparison } from '@hamon/contracts';
import { answerOf, spec, task } from './support.js';

const { comparisons } = task;
const policy = GatePolicy.parse({});

const frames = (first: string[], second: string[], count = 1): SegmentationComparison => {
  const pairs = comparisons.collect(spec);
  for (let i = 0; i < count; i += 1) pairs.add(answerOf(first), answerOf(second));
  return pairs.build();
};
const all = (...parts: SegmentationComparison[]): SegmentationComparison =>
  parts.reduce(comparisons.merge, comparisons.empty());
const check = (name: string, comparison: SegmentationComparison) => {
  const found = task.checks.find((one) => one.name === name);
  if (!found) throw new Error(`no check ${name}`);
  return found.judge(comparison, policy);
};

const rows = fc.array(fc.stringMatching(/^[012]{6}$/), { minLength: 3, maxLength: 3 });
const comparison = fc
  .array(fc.tuple(rows, rows), { maxLength: 5 })
  .map((pairs) => all(...pairs.map(([a, b]) => frames(a, b))));

/** Sums in whatever order they were added. */
const rounded = (value: SegmentationComparison): unknown =>
  JSON.parse(
    JSON.stringify(
      { ...value, labels: [...value.labels].sort((a, b) => (a.label < b.label ? -1 : 1)) },
      (_, n) => (typeof n === 'number' ? Number(n.toFixed(9)) : n),
    ),
  );

describe('comparisons', () => {
  it('are what the wire takes, and free of contradictions', () => {
    fc.assert(
      fc.property(comparison, (one) => {
        expect(TaskComparison.parse(one)).toEqual(one);
        expect(comparisons.fault(one)).toBeUndefined();
      }),
    );
  });

  it('merge in any order', () => {
    fc.assert(
      fc.property(comparison, comparison, comparison, (a, b, c) => {
        const merge = comparisons.merge;
        expect(rounded(merge(merge(a, b), c))).toEqual(rounded(merge(a, merge(b, c))));
        expect(rounded(merge(a, b))).toEqual(rounded(merge(b, a)));
        expect(rounded(merge(a, comparisons.empty()))).toEqual(rounded(a));
      }),
    );
  });

  it('are the same again when seen from the other side twice, and agree as much', () => {
    fc.assert(
      fc.property(comparison, (one) => {
        const other = comparisons.transpose(one);
        expect(comparisons.transpose(other)).toEqual(one);
        expect(comparisons.agreement(other) ?? 0).toBeCloseTo(comparisons.agreement(one) ?? 0, 9);
      }),
    );
  });

  it('of the same answers agree fully, where there is any foreground', () => {
    const one = frames(['0110', '0020'], ['0110', '0020'], 3);
    expect(comparisons.agreement(one)).toBeCloseTo(1, 12);
    expect(comparisons.agreement(frames(['0000'], ['0000']))).toBeNull();
  });

  it('give a version that paints everything no more than chance', () => {
    const painted = all(
      frames(['1100', '0000'], ['1111', '1111'], 20),
      frames(['0000', '0011'], ['1111', '1111'], 20),
    );
    expect(comparisons.agreement(painted)).toBeCloseTo(0, 9);
  });

  it('with more than a frame can hold are refused', () => {
    const one = frames(['0110'], ['0100'], 2);
    expect(comparisons.fault({ ...one, secondSilent: 3 })).toContain('contradict');
    expect(comparisons.fault({ ...one, labels: [{ label: 'a', both: 2, first: 1, second: 2 }] })).toContain(
      "the labels' shares",
    );
    expect(comparisons.fault({ ...one, labels: [...one.labels, ...one.labels] })).toBe(
      'a label is compared twice',
    );
    expect(comparisons.fault({ ...one, dice: { ...one.dice, products: -1 } })).toContain('contradict');
  });
});

describe('the gate', () => {
  const good = all(
    frames(['011000', '011000'], ['011000', '010000'], 100),
    frames(['000000', '000022'], ['000000', '000222'], 100),
  );
  const noise = all(
    frames(['011000', '011000'], ['200200', '200001'], 100),
    frames(['000000', '000022'], ['110011', '000100'], 100),
  );
  const silent = frames(['011000', '011000'], ['000000', '000000'], 200);
  const clean = all(frames(['000000'], ['000000'], 190), frames(['000000'], ['000001'], 10));

  it.each([
    ['passes what sees about the same', good, 'pass', 'pass'],
    ['fails what sees something else', noise, 'pass', 'fail'],
    ['fails what sees nothing', silent, 'fail', 'fail'],
    ['cannot tell where nothing is there to see', clean, 'inconclusive', 'inconclusive'],
    ['waits for frames', frames(['0110'], ['0110'], 10), 'pass', 'inconclusive'],
  ] as const)('%s', (_what, given, collapse, agreement) => {
    expect([check('collapse', given).verdict, check('agreement', given).verdict]).toEqual([
      collapse,
      agreement,
    ]);
  });

  it('says in which measure', () => {
    expect(check('agreement', noise).detail).toMatch(
      /agree on [\d.]+ % of the pixels of 200 frames, foreground Dice beyond chance -?[\d.]+ .*below 0.04 they do different jobs/,
    );
  });

  it('lets a device go back for vanished foreground alone', () => {
    expect(task.breakdown(silent, 3)).toEqual({
      code: 'answer-collapse',
      detail: 'it finds nothing on 200 of 200 frames on which the former version finds foreground',
    });
    expect(task.breakdown(noise, 3)).toBeUndefined();
    expect(task.breakdown(clean, 3)).toBeUndefined();
    expect(task.breakdown(frames(['0110'], ['0000'], 3), 3)).toBeUndefined();
  });
});

describe('summaries', () => {
  const summaryOf = (...answers: string[][]) => {
    const summary = task.summaries.collect(spec);
    for (const one of answers) summary.add(answerOf(one), { width: 4, height: 1 });
    return summary.build();
  };

  it('count frames, shares and regions by label', () => {
    const summary = summaryOf(['0011'], ['0002']);
    expect(TaskSummary.parse(summary)).toEqual(summary);
    expect(summary).toMatchObject({
      answers: 2,
      regions: 2,
      labels: [
        { label: 'none', frames: 2, share: 1.25 },
        { label: 'a', frames: 1, share: 0.5 },
        { label: 'b', frames: 1, share: 0.25 },
      ],
    });
    expect(summary.foreground[5]).toBe(1);
    expect(summary.foreground[10]).toBe(1);
  });

  it('merge to those of all answers together', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[012]{4}$/), { minLength: 2, maxLength: 8 }), (answers) => {
        const [first = '', ...rest] = answers;
        const merged = task.summaries.merge(summaryOf([first]), summaryOf(...rest.map((row) => [row])));
        expect(merged).toEqual(summaryOf(...answers.map((row) => [row])));
      }),
    );
  });
});

describe('ten thousand labels', () => {
  const labels = Array.from({ length: 10_000 }, (_, i) => (i === 0 ? 'none' : `${'傷'.repeat(9)}${i}`));
  const many = { ...spec, labels };
  const of = (...rle: number[]) => ({ regions: [], shares: {}, mask: { width: 4, height: 1, rle } });

  it('fit into a message, what is too much being taken together', () => {
    const [pairs, summary] = [comparisons.collect(many), task.summaries.collect(many)];
    pairs.add(of(0, 2, 9000, 2), of(0, 2, 9001, 1, 9000, 1));
    summary.add(of(0, 2, 9000, 1, 9001, 1), { width: 4, height: 1 });
    const [compared, summed] = [TaskComparison.parse(pairs.build()), TaskSummary.parse(summary.build())];
    expect(JSON.stringify([compared, summed]).length).toBeLessThan(80_000);
    expect(comparisons.fault(pairs.build())).toBeUndefined();
    expect(pairs.build().labels.at(-1)).toMatchObject({ both: 0.25, first: 0.5, second: 0.5 });
    expect(summary.build().labels.at(-1)).toMatchObject({ frames: 1, share: 0.5 });
  });

  it('of many windows stay a thousand', () => {
    const window = (from: number) => {
      const pairs = comparisons.collect({ ...spec, labels: labels.slice(from, from + 240) });
      pairs.add(of(1, 4), of(1, 4));
      return pairs.build();
    };
    const merged = all(...Array.from({ length: 8 }, (_, i) => window(240 * i)));
    expect(TaskComparison.parse(merged)).toEqual(merged);
    expect(merged.labels).toHaveLength(1001);
  });
});
