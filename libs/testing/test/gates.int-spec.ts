import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runs } from '../src/long-run.js';
import { addNoiseToWeights, constantOutput, permuteOutputs } from '@hamon/onnx';
import { seededRandom } from '@hamon/stats';
import { taskNamed } from '@hamon/tasks';
import type { AnswerOf, ClassificationAnswer, Detection, DetectionAnswer } from '@hamon/contracts';
import { answersOf, openLine, type Answers, type Line } from './gates/answer-images.js';
import { playRollout, type PlayedRollout } from './gates/played-rollout.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const DATA = resolve(ROOT, '../shared/data');
const EXAMPLE = resolve(ROOT, 'examples/surface-inspection');
const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);
/** Each is another model to be run on all images. */
const NOISES = SEEDS.slice(0, runs(5, 20));

/** Real models on real or drawn images; `current` is what a later version is compared with. */
const LINES = [
  {
    name: 'the example',
    images: `${EXAMPLE}/images/line`,
    former: `${EXAMPLE}/bundles/1.0.0`,
    current: `${EXAMPLE}/bundles/2.0.0`,
    needs: 'the images that `npm run setup` draws',
  },
  {
    name: 'magnetic tiles',
    images: `${DATA}/tiles/train`,
    former: `${DATA}/models/tile-inspector-1.0.0`,
    current: `${DATA}/models/tile-inspector-2.0.0`,
    needs: 'the reference data in ../shared/data',
  },
  {
    name: 'CIFAR-10 and a third-party model',
    images: `${DATA}/cifar10/eval`,
    former: null,
    current: `${DATA}/models/resnet8-cifar10-1.0.0`,
    needs: 'the reference data in ../shared/data',
  },
];

/** Enough for every order to differ, few enough to run twenty broken models over them. */
const IMAGES = 300;

function expectStopped({ rollout, touched }: PlayedRollout): void {
  expect({ state: rollout.status.state, stage: rollout.status.stage, touched }).toEqual({
    state: 'rolled-back',
    stage: 0,
    touched: 1,
  });
}

function expectThrough({ rollout }: PlayedRollout): void {
  expect({ state: rollout.status.state, reason: rollout.status.reason }).toEqual({
    state: 'succeeded',
    reason: '',
  });
}

describe.each(LINES)('the gate on $name', ({ images, former, current, needs }) => {
  const present = existsSync(images) && existsSync(current);
  const test = present ? it : it.skip;
  const suffix = present ? '' : ` (needs ${needs})`;
  let line: Line;
  let good: Answers;

  beforeAll(async () => {
    if (!present) return;
    line = await openLine(current, images, IMAGES);
    good = await answersOf(line);
  });

  if (former) {
    test(`lets the better version through, 20 orders of frames${suffix}`, async () => {
      const before = await answersOf(await openLine(former, images, IMAGES));
      const played = SEEDS.map((seed) => playRollout(before, good, seed));
      played.forEach(expectThrough);
      // Two versions of different quality do differ; a test in which they agree would show nothing.
      expect(
        played.every(({ agreements }) => agreements.every((kappa) => kappa !== null && kappa < 0.95)),
      ).toBe(true);
    });
  }

  test(`lets the very same model through, 20 orders of frames${suffix}`, () => {
    SEEDS.map((seed) => playRollout(good, good, seed)).forEach(expectThrough);
  });

  test(`stops noise on the weights at the first device, ${NOISES.length} seeds of noise${suffix}`, async () => {
    for (const seed of NOISES) {
      const noisy = await answersOf(line, (model) => addNoiseToWeights(model, seed));
      expectStopped(playRollout(good, noisy, seed));
    }
  });

  test(`stops a model that always says the commonest label, 20 orders of frames${suffix}`, async () => {
    const constant = await answersOf(line, (model) => constantOutput(model, commonest(saidBy(good))));
    expect(new Set(saidBy(constant)).size).toBe(1);
    for (const seed of SEEDS) {
      const played = playRollout(good, constant, seed);
      expect(played.touched).toBe(1);
      const { state, reason } = played.rollout.status;
      // Stuck at what is found most, it may take more frames than a watch has until it is convicted.
      expect(state === 'paused' || (state === 'rolled-back' && /^(collapse|agreement):/.test(reason))).toBe(
        true,
      );
    }
  });

  test(`stops permuted labels at the first device, 20 permutations${suffix}`, async () => {
    const labels = labelsOf(good);
    const said = saidBy(good);
    for (const seed of SEEDS) {
      const order = derangement(labels.length, seed);
      const expected = said.map((label) => order.indexOf(label));
      // The graph itself once, the same relabelling of the answers afterwards.
      const permuted =
        seed === 0
          ? await answersOf(line, (model) => permuteOutputs(model, order))
          : { ...good, said: good.said.map((one, i) => ({ ...one, label: labels[expected[i]!]! })) };
      expect(saidBy(permuted)).toEqual(expected);
      expectStopped(playRollout(good, permuted, seed));
    }
  });
});

const labelsOf = ({ bundle: { task, output } }: Answers): readonly string[] => taskNamed(task).labels(output);

/** The labels said, by their places. */
const saidBy = (answers: Answers): readonly number[] => {
  const labels = labelsOf(answers);
  return answers.said.map((one) => labels.indexOf((one as ClassificationAnswer).label));
};

/** The one that occurs most often. */
const commonest = (labels: readonly number[]): number => {
  const countOf = (label: number): number => labels.filter((one) => one === label).length;
  return [...new Set(labels)].reduce((best, label) => (countOf(label) > countOf(best) ? label : best));
};

/** An order in which no label keeps its place. */
function derangement(size: number, seed: number): number[] {
  const random = seededRandom(seed);
  const places = Array.from({ length: size }, (_, i) => i);
  for (;;) {
    const order = random.shuffled(places);
    if (order.every((label, place) => label !== place)) return order;
  }
}

/**
 * Two honest versions each of models of the other tasks, on the images that both were trained on. Whatever happens to its
 * weights, what tells the brightness of an image goes on telling it.
 */
const TASKS = [
  { name: 'detection', model: 'tile-detector', fragile: true },
  { name: 'segmentation', model: 'tile-segmenter', fragile: true },
  { name: 'anomaly', model: 'tile-anomaly', fragile: true },
  { name: 'regression', model: 'tile-exposure', fragile: false },
];

describe.each(TASKS)('the gate on $name', ({ model: name, fragile }) => {
  const images = `${DATA}/tiles/train`;
  const [former, current] = [`${DATA}/models/${name}-1.0.0`, `${DATA}/models/${name}-2.0.0`];
  const present = existsSync(images) && existsSync(former) && existsSync(current);
  const test = present ? it : it.skip;
  const suffix = present ? '' : ' (needs the reference data in ../shared/data)';
  let line: Line;
  let before: Answers;
  let good: Answers;

  beforeAll(async () => {
    if (!present) return;
    line = await openLine(current, images, IMAGES);
    good = await answersOf(line);
    before = await answersOf(await openLine(former, images, IMAGES));
  });

  test(`lets the better version through, 20 orders of frames${suffix}`, () => {
    const { anotherJob } = taskNamed(good.bundle.task).comparisons;
    for (const seed of SEEDS) {
      const played = playRollout(before, good, seed);
      expectThrough(played);
      for (const agreement of played.agreements) expect(agreement).toBeGreaterThan(anotherJob);
    }
  });

  test(`lets the very same model through, 20 orders of frames${suffix}`, () => {
    SEEDS.map((seed) => playRollout(good, good, seed)).forEach(expectThrough);
  });

  if (fragile) {
    test(`stops noise on the weights at the first device, ${NOISES.length} seeds of noise${suffix}`, async () => {
      for (const seed of NOISES) {
        const noisy = await answersOf(line, (model) => addNoiseToWeights(model, seed));
        expectStopped(playRollout(good, noisy, seed));
      }
    });
  }

  test(`lets no model through that is stuck at one answer, whichever${suffix}`, () => {
    for (const seed of SEEDS) {
      const [stuck] = seededRandom(seed).shuffled(good.said) as [AnswerOf];
      const played = playRollout(good, { ...good, said: good.said.map(() => stuck) }, seed);
      expect(played.touched).toBe(1);
      const { state, reason } = played.rollout.status;
      // Stuck at what is found most, it may take more frames than a watch has until it is convicted.
      expect(state === 'paused' || (state === 'rolled-back' && /^(collapse|agreement):/.test(reason))).toBe(
        true,
      );
    }
  });

  test(`lets no model through that answers to other images than it was given${suffix}`, () => {
    for (const seed of SEEDS) {
      const said = seededRandom(seed).shuffled(good.said);
      const { rollout, touched } = playRollout(good, { ...good, said }, seed);
      expect(touched).toBe(1);
      expect(['rolled-back', 'paused']).toContain(rollout.status.state);
    }
  });

  if (name === 'tile-detector') {
    test(`stops a model that finds nothing, and one that finds what is there beside it${suffix}`, () => {
      const found = good.said as DetectionAnswer[];
      const aside = ({ box, ...one }: Detection): Detection => ({
        ...one,
        box: { ...box, x: box.x + box.width },
      });
      for (const seed of SEEDS) {
        for (const said of [
          found.map(() => ({ detections: [] })),
          found.map(({ detections }) => ({ detections: detections.map(aside) })),
        ]) {
          expectStopped(playRollout(good, { ...good, said }, seed));
        }
      }
    });
  }
});
