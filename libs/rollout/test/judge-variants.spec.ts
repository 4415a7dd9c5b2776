import { describe, expect, it } from 'vitest';
import type { DeploymentState, Reason } from '@hamon/contracts';
import {
  emptyEvidence,
  judgeVariants,
  mergeEvidence,
  type EvidenceContribution,
  type ObservedMember,
  type StageInput,
} from '../src/index.js';
import {
  CANDIDATE,
  CLASS,
  collapsedPairs,
  goodShown,
  member,
  policy,
  SMALL,
  sketch,
  START,
} from './fixtures.js';

const INT8 = { variant: 'int8-static', bundle: SMALL };
const FP32 = { variant: 'fp32', bundle: CANDIDATE };
const OTHER_CLASS = 'x64-2c-8g-ort1.30-avx2';

const running = (position: number, change: Partial<ObservedMember> = {}): ObservedMember =>
  member(position, {
    deployment: { state: 'committed', assignedAt: START.toISOString(), reason: null },
    currentBundle: change.bundle ?? CANDIDATE,
    ...change,
  });
const inState = (state: DeploymentState, code?: Reason['code']) => ({
  deployment: {
    state,
    assignedAt: START.toISOString(),
    reason: code === undefined ? null : { code, detail: '' },
  },
});
/** Of each variant on each class. */
type Shown = readonly (readonly [variant: string, shown: EvidenceContribution, hardwareClass?: string])[];

const judgeOf = (members: readonly ObservedMember[], shown: Shown, change: Partial<StageInput> = {}) =>
  judgeVariants({
    task: 'classification',
    members,
    firstNew: 0,
    devices: members.length,
    evidence: shown.reduce(
      (sum, [variant, more, hardwareClass = CLASS]) => mergeEvidence(sum, { variant, hardwareClass }, more),
      emptyEvidence(0),
    ),
    policy: policy(),
    clock: policy(),
    budgetP95Ms: 50,
    relabellings: [],
    labelsApprovedBy: null,
    now: START,
    ...change,
  });

/** Nine devices of one variant and one of the other. */
const mixed = (change: Partial<ObservedMember> = {}): readonly ObservedMember[] => [
  ...Array.from({ length: 9 }, (_, position) => running(position, FP32)),
  running(9, { ...INT8, ...change }),
];
const collapsed = { ...goodShown(120), compared: collapsedPairs(120) };

describe('a stage in which several variants run', () => {
  it('passes where each one passes by its own frames, and says so of each', () => {
    const judgement = judgeOf(mixed(), [
      ['fp32', goodShown(4000)],
      ['int8-static', goodShown(400)],
    ]);
    expect(judgement.verdict).toBe('pass');
    expect(judgement.reason).toMatch(/^fp32: all 5 checks .*; int8-static: all 5 checks /);
    expect(judgement.checks.map(({ variant }) => variant)).toEqual([
      undefined,
      ...Array<string>(5).fill('fp32'),
      ...Array<string>(5).fill('int8-static'),
    ]);
  });

  it('fails where one variant has collapsed, however many good frames the other one has', () => {
    const judgement = judgeOf(mixed(), [
      ['fp32', goodShown(4000)],
      ['int8-static', collapsed],
    ]);
    expect(judgement).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(/^int8-static: collapse/),
    });
  });

  it('fails where every device refuses one variant, though it is a small share of all', () => {
    const judgement = judgeOf(mixed(inState('refused', 'golden-mismatch')), [['fp32', goodShown(4000)]]);
    expect(judgement).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(/^int8-static: update-failures: .*golden-mismatch/),
    });
  });

  it('does not promote one variant on the silence of its devices while they can be reached', () => {
    expect(judgeOf(mixed(), [['fp32', goodShown(4000)]])).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^int8-static: /),
    });
  });

  it('does not promote one variant where the devices of another lack frames', () => {
    const late = new Date(START.getTime() + policy().deploymentTimeoutSeconds * 1000);
    const judgement = judgeOf(mixed(inState('shadowing')), [['fp32', goodShown(4000)]], { now: late });
    expect(judgement).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^int8-static: update-failures: .* without enough frames/),
    });
  });

  it('waits for no variant whose new devices are all out of reach, and says that it is unjudged', () => {
    const offline = { ...inState('assigned'), online: false, onlineSince: null };
    expect(judgeOf(mixed(offline), [['fp32', goodShown(4000)]])).toMatchObject({
      verdict: 'pass',
      reason: expect.stringContaining('int8-static unjudged, 1 new device out of reach'),
    });
  });

  it('takes no evidence at all for none, whoever is out of reach', () => {
    const offline = mixed().map((one) => ({
      ...one,
      ...inState('assigned'),
      online: false,
      onlineSince: null,
    }));
    expect(judgeOf(offline, []).verdict).toBe('inconclusive');
  });

  it('still fails for a variant that has no new device in the stage, and is not held up by it', () => {
    const members = [running(0, INT8), ...Array.from({ length: 5 }, (_, i) => running(i + 1, FP32))];
    const later = { firstNew: 1 };
    expect(judgeOf(members, [['fp32', goodShown()]], later).verdict).toBe('pass');
    const judgement = judgeOf(
      members,
      [
        ['fp32', goodShown()],
        ['int8-static', collapsed],
      ],
      later,
    );
    expect(judgement).toMatchObject({ verdict: 'fail', reason: expect.stringMatching(/^int8-static: /) });
  });

  it('takes the former version for comparable by the bundle of the device itself', () => {
    // int8 ran before as fp32 of the same version does now: another bundle, so there is a control.
    const members = [
      running(0, { ...INT8, previousBundle: CANDIDATE }),
      running(1, { ...FP32, previousBundle: CANDIDATE }),
    ];
    const judgement = judgeOf(members, [
      ['fp32', { ...goodShown(), compared: null }],
      ['int8-static', goodShown()],
    ]);
    const names = (variant: string) =>
      judgement.checks.filter((check) => check.variant === variant).map(({ name }) => name);
    expect(names('int8-static')).toContain('agreement');
    expect(names('fp32')).not.toContain('agreement');
  });
});

describe('latencies of unlike devices', () => {
  const shown = (candidateMs: number, controlMs: number, frames = 400): EvidenceContribution => ({
    ...goodShown(frames),
    candidate: { ...goodShown(frames).candidate, answering: sketch(frames, candidateMs) },
    control: { ...goodShown(frames).control, answering: sketch(frames, controlMs) },
  });
  const latency = (shownBy: readonly EvidenceContribution[]) =>
    judgeOf(
      [running(0), running(1)],
      shownBy.map((one, i) => ['fp32', one, i === 0 ? CLASS : OTHER_CLASS] as const),
    ).checks.find(({ name }) => name === 'latency');

  it('are compared within a class: a slow class is not judged by a fast one', () => {
    // Pooled, the candidate's frames of the slow class would stand against the control's of the fast one.
    const slow = shown(30, 30, 2000);
    const fast = { ...shown(3, 3, 400), control: { ...shown(3, 3, 4000).control } };
    expect(latency([slow, fast])).toMatchObject({ verdict: 'pass', detail: expect.stringMatching(/^on /) });
  });

  it('fail where one class got too slow, though the other one hides it', () => {
    expect(latency([shown(3, 3, 8000), shown(40, 10, 300)])).toMatchObject({
      verdict: 'fail',
      detail: expect.stringContaining(`on ${OTHER_CLASS} p95 is`),
    });
  });

  it('are taken together where no class has enough frames of its own, and the check says so', () => {
    expect(latency([shown(5, 5, 60), shown(6, 6, 60)])).toMatchObject({
      verdict: 'pass',
      detail: expect.stringContaining('over 2 hardware classes together'),
    });
  });

  it('wait for no class that has hardly answered where another one has', () => {
    expect(latency([shown(5, 5, 400), shown(6, 6, 10)])).toMatchObject({
      verdict: 'pass',
      detail: expect.stringContaining(`on ${CLASS} `),
    });
  });
});
