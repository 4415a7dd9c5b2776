import { describe, expect, test } from 'vitest';
import { DEFAULT_DEVICE_POLICY, GatePolicy, type TaskComparison } from '@hamon/contracts';
import { emptyContribution, emptyEvidence, startRollout, type StageEvidence } from '@hamon/rollout';
import { readEvidence, writeEvidence } from '../../src/rollout/evidence-document.js';
import { readSpec, readStatus, writeSpec, writeStatus } from '../../src/rollout/rollout-documents.js';

const ID = '6f0c3f8e-0000-4000-8000-000000000001';
const policy = DEFAULT_DEVICE_POLICY;
const { spec, status } = startRollout(
  ID,
  {
    model: 'tile-inspector',
    task: 'classification',
    version: '2.0.0',
    targets: [{ variant: 'fp32', bundle: 'b', choice: 'given', hardwareClasses: ['arm64-4'], devices: 3 }],
    budgetP95Ms: 40,
    stages: [1, 3],
    watchSeconds: 600,
    gate: GatePolicy.parse({}),
    approve: 'auto',
    maxParallel: null,
  },
  new Date('2026-01-01T00:00:00Z'),
);
const PAIRED = {
  labels: ['free', 'crack'],
  cells: [
    [0, 0, 60],
    [1, 0, 3],
  ] as [number, number, number][],
};
const evidence: StageEvidence = {
  ...emptyEvidence(1),
  groups: [
    {
      ...{ variant: 'fp32', hardwareClass: 'arm64-4', ...emptyContribution(), unpairedFrames: 7 },
      compared: { kind: 'classification/1', frames: 63, table: PAIRED },
    },
  ],
  leftOut: [{ device: 'cam-1', why: 'inferences must not exceed 5 frames' }],
};
const stored = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

const NO_RATIO = {
  ...{ frames: 0, numerator: 0, denominator: 0 },
  ...{ numeratorSquares: 0, products: 0, denominatorSquares: 0 },
};

describe('what a rollout keeps as JSON', () => {
  test('comes back as it was', () => {
    expect(readSpec(ID, stored(writeSpec({ spec, policy })))).toEqual({ spec, policy });
    expect(readStatus(ID, stored(writeStatus(status)))).toEqual(status);
    expect(readEvidence(ID, stored(writeEvidence(evidence)))).toEqual(evidence);
  });

  test('is read as an earlier release wrote it: without a schema, and without later fields of the gate', () => {
    const { errorRateCeiling: _, minReachedShare: __, tasks: ___, ...gate } = spec.gate;
    const { task: ____, ...former } = spec;
    expect(readSpec(ID, { spec: { ...former, gate }, policy })).toEqual({ spec, policy });
    expect(readStatus(ID, status)).toEqual(status);
  });

  test('is evidence of classification where an earlier release gathered it, its tables being the comparisons', () => {
    const { compared: _, freshCompared: __, ...group } = evidence.groups[0]!;
    const before = { ...group, paired: PAIRED, freshPaired: { labels: [], cells: [] } };
    const { stage, leftOut } = evidence;
    for (const schema of [{ schema: 'hamon.rollout-evidence/1' }, {}]) {
      expect(readEvidence(ID, { ...schema, stage, leftOut, groups: [before] })).toEqual(evidence);
    }
    expect(() => readEvidence(ID, { stage, groups: [group] })).toThrow(
      `evidence of rollout ${ID} cannot be read: groups.0.paired: `,
    );
  });

  test('is evidence of any task', () => {
    const found: TaskComparison = {
      ...{ kind: 'detection/1', frames: 9, emptyFrames: 3 },
      ...{ chance: NO_RATIO, repeatFirst: NO_RATIO, repeatSecond: NO_RATIO },
      ...{ firstFound: 6, secondSilent: 1, secondFound: 5, firstSilent: 0 },
      ...{ labels: ['dent'], both: [[0, 0, 6]], onlyFirst: [[0, 1]], onlySecond: [] },
      f1: {
        ...{ frames: 6, numerator: 12, denominator: 13 },
        ...{ numeratorSquares: 28, products: 28, denominatorSquares: 29 },
      },
    };
    const [group] = evidence.groups;
    const ofDetector = { ...evidence, groups: [{ ...group!, compared: found, freshCompared: found }] };
    expect(readEvidence(ID, stored(writeEvidence(ofDetector)))).toEqual(ofDetector);
    const ofAnother = {
      ...stored(writeEvidence(ofDetector)),
      groups: [{ ...group, compared: { kind: 'poses/1' } }],
    };
    expect(() => readEvidence(ID, ofAnother)).toThrow('groups.0.compared');
  });

  test('is refused with rollout, field and rule where this release cannot have written it', () => {
    const ofLater = { ...stored(writeStatus(status)), schema: 'hamon.rollout-status/2' };
    expect(() => readStatus(ID, ofLater)).toThrow(`status of rollout ${ID} cannot be read: schema`);
    expect(() => readStatus(ID, { ...status, state: 'lost' })).toThrow('state: ');
    expect(() => readSpec(ID, { spec: { ...spec, targets: [] }, policy })).toThrow('spec.targets: ');
  });
});
