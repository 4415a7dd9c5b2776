import { describe, expect, it } from 'vitest';
import { GatePolicy, type Detection, type DetectionAnswer } from '@hamon/contracts';
import { seededRandom, type SeededRandom } from '@hamon/stats';
import type { CheckAnswer } from '../../src/index.js';
import { detection } from '../../src/detection/detection.js';
import { answerOf, found, LABELS, specOf } from './support.js';

const policy = GatePolicy.parse({});
const [agreement] = detection.checks;

type Version = (random: SeededRandom, things: readonly Detection[]) => Detection[];

/** Frames with 0 to 2 things each, as the former version and another one see them. */
function compare(frames: number, second: Version, things = 2) {
  const random = seededRandom(11);
  const collector = detection.comparisons.collect(specOf());
  for (let i = 0; i < frames; i += 1) {
    const seen = Array.from({ length: random.below(things + 1) }, (_, k) => thing(random, k));
    collector.add(answerOf(...seen), answerOf(...second(random, seen)));
  }
  return collector.build();
}

const thing = (random: SeededRandom, place: number): Detection =>
  found(LABELS[random.below(3)] ?? '', 0.5 + random.next() / 2, [40 * place, random.below(60), 20, 20]);
const judged = (frames: number, second: Version, things?: number): CheckAnswer => {
  if (!agreement) throw new Error('there is no check');
  return agreement.judge(compare(frames, second, things), policy);
};

const same: Version = (_, seen) => [...seen];
const silent: Version = () => [];
const relabelled: Version = (_, seen) =>
  seen.map((one) => ({ ...one, label: LABELS[(LABELS.indexOf(one.label) + 1) % 3] ?? '' }));
/** Finds most of it, and something else now and then. */
const honest: Version = (random, seen) => [
  ...seen.filter(() => random.next() < 0.6),
  ...(random.next() < 0.3 ? [found('Crack', 0.4, [70, 70, 20, 20])] : []),
];
const noise: Version = (random) => [
  found(LABELS[random.below(3)] ?? '', 0.5, [random.below(99), random.below(99), 9, 9]),
];
/** The same boxes, the labels drawn at random among the usual ones. */
const guessing: Version = (random, seen) =>
  seen.map((one) => ({ ...one, label: LABELS[random.below(3)] ?? '' }));

describe('the gate’s question whether two detectors do the same job', () => {
  it.each<[string, Version, CheckAnswer['verdict'], RegExp]>([
    [
      'the same version',
      same,
      'pass',
      /box F1 .* is 1\.00 .* labels of what both found agree at kappa 1\.00/,
    ],
    [
      'an honest one',
      honest,
      'pass',
      /found by both, \d+ by the former alone, \d+ by the new one alone \(Crack/,
    ],
    ['one that finds nothing', silent, 'fail', /below 0\.15 they do different jobs/],
    ['one that finds noise', noise, 'fail', /below 0\.15 they do different jobs/],
    ['one that calls everything by another name', relabelled, 'fail', /different jobs/],
    ['one that finds all and guesses what it is', guessing, 'fail', /call the same things differently/],
  ])('%s', (_, version, verdict, detail) => {
    const answer = judged(400, version);
    expect(answer).toMatchObject({ verdict, detail: expect.stringMatching(detail) as string });
  });

  it('does not take a version that is stuck at the commonest box for one that finds it', () => {
    const random = seededRandom(5);
    const often = found('Crack', 0.9, [10, 10, 30, 30]);
    const collector = detection.comparisons.collect(specOf());
    for (let i = 0; i < 8000; i += 1) {
      const seen = random.next() < 0.5 ? often : found('Fray', 0.9, [60, random.below(60), 20, 20]);
      collector.add(answerOf(seen), answerOf(often));
    }
    const comparison = collector.build();
    expect(detection.comparisons.agreement(comparison)).toBeGreaterThan(0.4);
    expect(agreement?.judge(comparison, policy)).toMatchObject({
      verdict: 'fail',
      detail: expect.stringContaining(
        'hardly better than on frames that have nothing to do with each other',
      ) as string,
    });
  });

  it('takes a line on which nothing moves for what it is', () => {
    const still = answerOf(found('Crack', 0.9, [10, 10, 30, 30]));
    const collector = detection.comparisons.collect(specOf());
    for (let i = 0; i < 400; i += 1) collector.add(still, still);
    expect(agreement?.judge(collector.build(), policy)).toMatchObject({
      verdict: 'pass',
      figures: { chance: null },
    });
  });

  it('waits for frames, and for frames with boxes', () => {
    expect(judged(100, same)).toMatchObject({
      verdict: 'inconclusive',
      detail: '100 of the 120 frames needed have been seen by both versions',
    });
    expect(judged(500, same, 0)).toMatchObject({
      verdict: 'inconclusive',
      detail: 'one of the two versions found something on 0 of 500 frames, 20 are needed',
    });
  });

  it('gives every figure that it judges by', () => {
    const { figures } = judged(400, honest);
    expect(figures).toMatchObject({ limit: 0.15, frames: 400 });
    const { f1, lower, upper, both, same: agreed, onlyFirst, onlySecond } = figures as Record<string, number>;
    expect(f1).toBeCloseTo((2 * (agreed ?? 0)) / (2 * (both ?? 0) + (onlyFirst ?? 0) + (onlySecond ?? 0)), 9);
    expect(lower).toBeLessThan(f1 ?? 0);
    expect(upper).toBeGreaterThan(f1 ?? 1);
  });

  it('takes the policy’s own limit', () => {
    const strict = GatePolicy.parse({ tasks: { detection: { minF1: 0.95 } } });
    expect(agreement?.judge(compare(400, honest), strict).verdict).toBe('fail');
  });
});

describe('the breakdown that a device goes back for by itself', () => {
  it('is a version that finds nothing where the former one finds something', () => {
    expect(detection.breakdown(compare(60, silent), 3)).toMatchObject({
      code: 'answer-collapse',
      detail: expect.stringMatching(/finds nothing on (\d+) of \1 frames/) as string,
    });
  });

  it('is not a version that finds something else, or a handful of frames', () => {
    expect(detection.breakdown(compare(60, noise), 3)).toBeUndefined();
    expect(detection.breakdown(compare(4, silent), 3)).toBeUndefined();
    const empty: DetectionAnswer = answerOf();
    const collector = detection.comparisons.collect(specOf());
    for (let i = 0; i < 99; i += 1) collector.add(empty, empty);
    expect(detection.breakdown(collector.build(), 3)).toBeUndefined();
  });
});
