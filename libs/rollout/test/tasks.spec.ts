import { describe, expect, it } from 'vitest';
import { TASK_NAMES, TaskComparison, type AnswerOf, type SpecOf, type TaskName } from '@hamon/contracts';
import { seededRandom, type SeededRandom } from '@hamon/stats';
import { taskNamed } from '@hamon/tasks';
import { emptyEvidence, type EvidenceContribution } from '../src/index.js';
import { evidenceOf, goodShown, policy, rolloutOf } from './fixtures.js';
import { SimulatedFleet } from './simulated-fleet.js';

const FRAMES = 400;
const LABELS = ['dent', 'scratch', 'stain'];
const SIZE = { width: 8, height: 8 };

/** A task with what a former version says of a frame, what a good one says of the same frame, and what a broken one does. */
interface Line<T extends TaskName = TaskName> {
  readonly task: T;
  readonly spec: SpecOf<T>;
  readonly former: (random: SeededRandom) => AnswerOf<T>;
  readonly good: (former: AnswerOf<T>, random: SeededRandom) => AnswerOf<T>;
  readonly broken: AnswerOf<T>;
  /** Of the reason why the broken one is sent back. */
  readonly reason: RegExp;
}

const lineOf = <T extends TaskName>(line: Line<T>): Line => line as unknown as Line;

const oneOf = <V>(values: readonly V[], random: SeededRandom): V => values[random.below(values.length)] as V;

const labelled = (label: string): AnswerOf<'classification'> => ({
  label,
  confidence: 0.8,
  probabilities: LABELS.map((one) => (one === label ? 0.8 : 0.1)),
});

const painted = (label: number, pixels: number): AnswerOf<'segmentation'> => {
  const all = SIZE.width * SIZE.height;
  return {
    regions: [],
    shares: { Background: 1 - pixels / all, [LABELS[label] as string]: pixels / all },
    mask: { ...SIZE, rle: pixels === 0 ? [0, all] : [label + 1, pixels, 0, all - pixels] },
  };
};

const scored = (score: number): AnswerOf<'anomaly'> => ({ score, isAnomalous: score >= 0.5, regions: [] });

const LINES: readonly Line[] = [
  lineOf({
    task: 'classification',
    spec: { name: 'scores', activation: 'softmax', labels: LABELS },
    former: (random) => labelled(oneOf(LABELS, random)),
    good: (former, random) => (random.next() < 0.1 ? labelled(oneOf(LABELS, random)) : former),
    broken: labelled('dent'),
    reason: /^collapse: .*"dent" on 100\.0 %/,
  }),
  lineOf({
    task: 'detection',
    spec: {
      ...{ format: 'yolo', name: 'boxes', labels: LABELS, scoreActivation: 'none', threshold: 0.25 },
      ...{ iou: 0.45, maxDetections: 100, maxCandidates: 3000 },
    },
    former: (random) => ({
      detections: Array.from({ length: random.below(4) }, () => ({
        label: oneOf(LABELS, random),
        confidence: 0.7,
        box: { x: random.below(500), y: random.below(500), width: 40, height: 30 },
      })),
    }),
    // Misses one in five, and is a few pixels off with the others.
    good: ({ detections }, random) => ({
      detections: detections.flatMap(({ box, ...one }) =>
        random.next() < 0.2 ? [] : [{ ...one, box: { ...box, x: box.x + random.below(6) } }],
      ),
    }),
    broken: { detections: [] },
    reason: /^(collapse|agreement): /,
  }),
  lineOf({
    task: 'segmentation',
    spec: {
      ...{ name: 'map', activation: 'none', labels: ['Background', ...LABELS], background: 0 },
      ...{ threshold: 0.5, minArea: 0 },
    } as SpecOf<'segmentation'>,
    former: (random) => painted(random.below(3), random.below(40)),
    good: (former, random) => (random.next() < 0.1 ? painted(random.below(3), random.below(40)) : former),
    broken: painted(0, 0),
    reason: /^(collapse|agreement): /,
  }),
  lineOf({
    task: 'anomaly',
    spec: { score: 'score', minimum: 0, maximum: 10, threshold: 4 },
    former: (random) => scored(random.next()),
    good: ({ score }, random) => scored(Math.min(1, Math.max(0, score + (random.next() - 0.5) / 5))),
    broken: scored(0.2),
    reason: /^(collapse|agreement): /,
  }),
  lineOf({
    task: 'regression',
    spec: { name: 'values', values: [{ name: 'width', unit: 'mm', scale: 1, offset: 0 }] },
    former: (random) => ({ values: { width: 20 + 5 * random.normal() } }),
    good: ({ values }, random) => ({ values: { width: (values['width'] as number) + random.normal() } }),
    broken: { values: { width: 20 } },
    reason: /^(collapse|agreement): /,
  }),
];

function shownBy({ task, spec, former }: Line, other: Line['good']): EvidenceContribution {
  const random = seededRandom(7);
  const pairs = taskNamed(task).comparisons.collect(spec);
  for (let i = 0; i < FRAMES; i += 1) {
    const answer = former(random);
    pairs.add(answer, other(answer, random));
  }
  const compared = pairs.build();
  return { ...goodShown(FRAMES), compared, freshCompared: compared };
}

function fleetOf(line: Line, other: Line['good']): SimulatedFleet {
  const fleet = new SimulatedFleet(rolloutOf({ task: line.task }));
  const shown = shownBy(line, other);
  fleet.evidence = (stage) => (fleet.touched > 0 ? evidenceOf(stage, shown) : emptyEvidence(stage));
  return fleet;
}

/** Looks, lets the devices settle, and waits, until it is over. */
function play(fleet: SimulatedFleet): SimulatedFleet {
  for (let looks = 0; looks < 50 && fleet.rollout.status.endedAt === null; looks += 1) {
    fleet.tick();
    fleet.settle().wait(70);
  }
  return fleet;
}

describe.each(LINES)('a rollout of $task', (line) => {
  it('lets a good version through', () => {
    const { state, rollout } = play(fleetOf(line, line.good));
    expect([state, rollout.status.reason]).toEqual(['succeeded', '']);
    const [first] = rollout.status.stages;
    const asked = first?.judgement?.checks
      .filter(({ evidence }) => evidence === 'paired')
      .map(({ name }) => name);
    for (const { name } of taskNamed(line.task).checks) expect(asked).toContain(name);
  });

  it('takes a broken one back from the first device, on the same frames', () => {
    const { state, touched, rollout } = play(fleetOf(line, () => line.broken));
    expect([state, touched]).toEqual(['rolled-back', 1]);
    expect(rollout.status.reason).toMatch(line.reason);
  });
});

describe.each(TASK_NAMES)('the checks of %s', (name) => {
  const { checks, comparisons } = taskNamed(name);

  it('say nothing of no frame', () => {
    for (const { judge } of checks) {
      expect(judge(comparisons.empty(), policy()).verdict).toBe('inconclusive');
    }
  });

  it('are of comparisons that can be stored, however many are merged', () => {
    const line = LINES.find(({ task }) => task === name) as Line;
    const { compared } = shownBy(line, line.good);
    let sum = compared as TaskComparison;
    for (let i = 0; i < 20; i += 1) sum = comparisons.merge(sum, comparisons.transpose(sum));
    expect(TaskComparison.safeParse(JSON.parse(JSON.stringify(sum))).error).toBeUndefined();
    expect(comparisons.fault(sum)).toBeUndefined();
    expect(sum.frames).toBe(FRAMES * 2 ** 20);
  });
});
