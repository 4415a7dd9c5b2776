import { describe, expect, it } from 'vitest';
import { TelemetryWindow, type TaskComparison } from '@hamon/contracts';
import fc from 'fast-check';
import {
  collectWindow,
  emptyEvidence,
  evidenceToContinue,
  judgeVariants,
  pooledEvidence,
  type StageEvidence,
} from '../src/index.js';
import { contributionFault } from '../src/evidence-fault.js';
import {
  after,
  CANDIDATE,
  CLASS,
  goodEvidence,
  member,
  NOTHING_SAID,
  ORIENTATION,
  policy,
  sketch,
  START,
  windowOf,
} from './fixtures.js';

const ORIGIN = { variant: 'fp32', hardwareClass: CLASS };
const collect = (evidence: StageEvidence, window: TelemetryWindow): StageEvidence =>
  collectWindow(evidence, window, ORIGIN, ORIENTATION);

const count = fc.oneof(fc.nat(200), fc.constantFrom(60_000, 2 ** 40, Number.MAX_SAFE_INTEGER));
/** Whatever numbers a device may send that are numbers at all. */
const anyWindow = fc
  .record({
    where: fc.constantFrom('answers' as const, 'shadows' as const, 'absent' as const),
    device: fc.constantFrom('camera-7', 'camera-8'),
    inferences: count,
    errors: count,
    down: count,
    rescued: count,
    undecodable: count,
    mismatched: count,
    latencies: count,
    seconds: fc.constantFrom(-3600, 0, 1, 10, 10 * 365 * 86_400),
  })
  .map(({ where, device, inferences, errors, down, rescued, undecodable, mismatched, latencies, seconds }) =>
    windowOf(where, {
      ...{ device, inferences, errors, summary: NOTHING_SAID },
      fallbacks: { 'worker-down': down },
      unloaded: { rescued, unanswered: 0 },
      rejected: { undecodable, mismatched },
      latencyMs: { ...sketch(10, 5), count: latencies, bins: latencies > 0 ? [[0, latencies]] : [] },
      endedAt: after(seconds).toISOString(),
    }),
  );

describe('collecting windows', () => {
  it('never makes evidence that contradicts itself, whatever devices send', () => {
    const seen = { taken: 0, leftOut: 0 };
    fc.assert(
      fc.property(fc.array(anyWindow, { maxLength: 20 }), (windows) => {
        const { groups, leftOut = [] } = windows.reduce(collect, emptyEvidence(0));
        expect(contributionFault(pooledEvidence(groups), 'classification')).toBeUndefined();
        if (groups.length > 0) seen.taken += 1;
        if (leftOut.length > 0) seen.leftOut += 1;
      }),
    );
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(0);
  });

  it('leaves an impossible window out, names its device, and judges by the others', () => {
    const honest = goodEvidence(0);
    const hostile = windowOf('answers', {
      device: 'camera-7',
      inferences: 0,
      summary: NOTHING_SAID,
      latencyMs: sketch(0, 5),
      errors: Number.MAX_SAFE_INTEGER,
    });
    const evidence = [hostile, hostile].reduce(collect, honest);
    expect(evidence.groups).toEqual(honest.groups);
    expect(evidence.leftOut).toEqual([
      { device: 'camera-7', why: 'inferences must not exceed 50000 frames with the errors, for its length' },
    ]);
    const members = [
      member(0, {
        deployment: { state: 'committed', assignedAt: START.toISOString(), reason: null },
        currentBundle: CANDIDATE,
      }),
    ];
    const judged = judgeVariants({
      ...{
        task: 'classification',
        members,
        firstNew: 0,
        devices: 1,
        evidence,
        policy: policy(),
        clock: policy(),
      },
      ...{ budgetP95Ms: 50, relabellings: [], labelsApprovedBy: null, now: START },
    });
    expect(judged.verdict).toBe('pass');
    expect(judged.reason).toMatch(/left out, as it cannot be true: windows of camera-7 \(inferences must/);
  });

  it('leaves out what compares the two versions in another task than the model has', () => {
    const { shadow, ...window } = windowOf('answers');
    const scores: TaskComparison = { kind: 'regression/1', frames: 5, values: [] };
    const foreign = { ...window, shadow: { ...shadow!, comparison: scores } };
    expect(collect(emptyEvidence(0), foreign)).toEqual({
      ...emptyEvidence(0),
      leftOut: [
        {
          device: 'camera-0',
          why: 'the two versions are compared in regression, and the model does classification',
        },
      ],
    });
  });

  it('says nothing of what cannot be true of another model', () => {
    const { answering, ...window } = windowOf('answers', { errors: 2 ** 50 });
    const other = { ...window, answering: { ...answering, model: 'surface-defects' } };
    expect(collect(emptyEvidence(0), other)).toEqual(emptyEvidence(0));
  });

  it('names a few devices only', () => {
    const evidence = Array.from({ length: 50 }, (_, i) =>
      windowOf('answers', { device: `camera-${i}`, errors: 2 ** 50 }),
    ).reduce(collect, emptyEvidence(0));
    expect(evidence.leftOut).toHaveLength(8);
  });

  it('goes on without stored figures that contradict themselves', () => {
    const stored = goodEvidence(0);
    const broken = { ...stored.groups[0]!, hardwareClass: 'other', freshFrames: 2 ** 53 };
    const mixed = { ...stored, groups: [...stored.groups, broken] };
    expect(evidenceToContinue(mixed, 0, 'classification').groups).toEqual(stored.groups);
    expect(evidenceToContinue(stored, 0, 'classification')).toBe(stored);
    expect(evidenceToContinue(stored, 1, 'classification')).toEqual(emptyEvidence(1));
  });
});

describe('a window on the wire', () => {
  const read = (change: object) =>
    TelemetryWindow.safeParse({
      ...windowOf('answers', { latencyMs: JSON.parse(JSON.stringify(sketch(100, 5))) }),
      ...change,
    });

  it('may come from a fast device, and from one whose clock was set back', () => {
    expect(read({}).error).toBeUndefined();
    expect(read({ errors: 40_000 }).success).toBe(true);
    expect(read({ errors: 40_000, endedAt: after(-60).toISOString() }).success).toBe(true);
  });

  it.each([
    ['inferences', { errors: 50_000 }],
    ['fallbacks', { fallbacks: { 'low-confidence': 60_000 } }],
    ['unloaded.rescued', { unloaded: { rescued: 1, unanswered: 0 } }],
    ['summary', { summary: { ...NOTHING_SAID, answers: 1, labels: { free: 2 } } }],
    ['summary.answers', { summary: { ...NOTHING_SAID, answers: 101 } }],
    [
      'shadow.comparison.frames',
      { shadow: { ...windowOf('answers').shadow, inferences: 89, latencyMs: sketch(0, 5) } },
    ],
    ['latencyMs.count', { inferences: 99, summary: NOTHING_SAID }],
    ['summary', { summary: { ...NOTHING_SAID, answers: 100, confidence: new Array<number>(20).fill(6) } }],
  ])('is refused where %s cannot be true', (path, change) => {
    const { error } = read(change);
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});
