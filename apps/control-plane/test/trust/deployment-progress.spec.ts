import { describe, expect, it } from 'vitest';
import {
  DEPLOYMENT_STATES,
  isProgress,
  type DeploymentState,
  type ModelReport,
  type RunningVersion,
} from '@hamon/contracts';
import { progressOf } from '../../src/trust/deployment-progress.js';

const OLD = 'a'.repeat(64);
const NEW = 'b'.repeat(64);
const running = (bundle: string, sequence: number): RunningVersion => ({
  model: 'tiny',
  version: '1.0.0',
  variant: 'fp32',
  bundle,
  sequence,
});

type Told = Pick<ModelReport, 'deployment' | 'slots' | 'highestSequence'>;

function told(state: DeploymentState, bundle = NEW, sequence = 5): Told {
  return {
    deployment: { version: running(bundle, sequence), state, chunks: { have: 0, total: 0 }, reason: null },
    slots: { current: running(OLD, 1), previous: null, candidate: null },
    highestSequence: sequence,
  };
}

const deployment = { bundle: NEW, sequence: 5 };

describe('progressOf', () => {
  it('advances a deployment where that is progress, and never goes back', () => {
    for (const state of DEPLOYMENT_STATES) {
      for (const reported of DEPLOYMENT_STATES) {
        const expected = isProgress(state, reported) ? reported : undefined;
        expect(progressOf({ ...deployment, state }, told(reported))?.state).toBe(expected);
      }
    }
  });

  it('does not commit again what was given up', () => {
    const report = { ...told('committed', OLD, 3), highestSequence: 7 };
    const back = { bundle: OLD, sequence: 7, state: 'rolled-back' as const };
    expect(progressOf(back, report)).toBeUndefined();
  });

  it('follows the same deployment under a renewed manifest', () => {
    expect(progressOf({ ...deployment, state: 'downloading' }, told('staged', NEW, 6))?.state).toBe('staged');
  });

  it.each([
    ['an earlier deployment of the same bundle', told('refused', NEW, 4)],
    ['a deployment of another bundle', told('committed', OLD, 5)],
  ])('hears nothing in %s', (_what, report) => {
    expect(progressOf({ ...deployment, state: 'assigned' }, report)).toBeUndefined();
  });

  it('is committed where the device accepted the manifest and runs that bundle already', () => {
    const back = { bundle: OLD, sequence: 7, state: 'assigned' as const };
    const report = told('rolled-back', NEW, 5);
    expect(progressOf(back, report)).toBeUndefined();
    expect(progressOf(back, { ...report, highestSequence: 7 })).toEqual({ state: 'committed', reason: null });
  });

  it('is not committed while what runs is still on probation', () => {
    const report = { ...told('active', OLD, 5), highestSequence: 7 };
    expect(progressOf({ bundle: OLD, sequence: 7, state: 'assigned' }, report)).toBeUndefined();
  });

  it("carries the device's reason", () => {
    const reason = { code: 'golden-mismatch' as const, detail: 'golden/0.png' };
    const report = told('refused');
    const withReason = { ...report, deployment: report.deployment && { ...report.deployment, reason } };
    expect(progressOf({ ...deployment, state: 'staged' }, withReason)).toEqual({ state: 'refused', reason });
  });
});
