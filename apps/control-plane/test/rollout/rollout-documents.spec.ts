import { describe, expect, test } from 'vitest';
import { DEFAULT_DEVICE_POLICY, GatePolicy } from '@hamon/contracts';
import { emptyContribution, emptyEvidence, startRollout, type StageEvidence } from '@hamon/rollout';
import {
  readEvidence,
  readSpec,
  readStatus,
  writeEvidence,
  writeSpec,
  writeStatus,
} from '../../src/rollout/rollout-documents.js';

const ID = '6f0c3f8e-0000-4000-8000-000000000001';
const policy = DEFAULT_DEVICE_POLICY;
const { spec, status } = startRollout(
  ID,
  {
    model: 'tile-inspector',
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
const evidence: StageEvidence = {
  ...emptyEvidence(1),
  groups: [{ variant: 'fp32', hardwareClass: 'arm64-4', ...emptyContribution() }],
};
const stored = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('what a rollout keeps as JSON', () => {
  test('comes back as it was', () => {
    expect(readSpec(ID, stored(writeSpec({ spec, policy })))).toEqual({ spec, policy });
    expect(readStatus(ID, stored(writeStatus(status)))).toEqual(status);
    expect(readEvidence(ID, stored(writeEvidence(evidence)))).toEqual(evidence);
  });

  test('is read as an earlier release wrote it: without a schema, and without later fields of the gate', () => {
    const { errorRateCeiling: _, minReachedShare: __, ...gate } = spec.gate;
    expect(readSpec(ID, { spec: { ...spec, gate }, policy })).toEqual({ spec, policy });
    expect(readStatus(ID, status)).toEqual(status);
    expect(readEvidence(ID, evidence)).toEqual(evidence);
  });

  test('is refused with rollout, field and rule where this release cannot have written it', () => {
    const ofLater = { ...stored(writeStatus(status)), schema: 'hamon.rollout-status/2' };
    expect(() => readStatus(ID, ofLater)).toThrow(`status of rollout ${ID} cannot be read: schema`);
    expect(() => readStatus(ID, { ...status, state: 'lost' })).toThrow('state: ');
    expect(() => readSpec(ID, { spec: { ...spec, targets: [] }, policy })).toThrow('spec.targets: ');
  });
});
