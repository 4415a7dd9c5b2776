import { describe, expect, it } from 'vitest';
import type { GateCheck, TelemetryWindow } from '@hamon/contracts';
import { collectWindow, emptyEvidence, judgeVariants, type StageEvidence } from '../src/index.js';
import {
  CANDIDATE,
  CLASS,
  evidenceOf,
  goodShown,
  member,
  NOTHING_SAID,
  ORIENTATION,
  policy,
  START,
  windowOf,
} from './fixtures.js';

const running = member(0, {
  deployment: { state: 'committed', assignedAt: START.toISOString(), reason: null },
  currentBundle: CANDIDATE,
});
const judgeOf = (evidence: StageEvidence) =>
  judgeVariants({
    ...{
      task: 'classification',
      members: [running],
      firstNew: 0,
      devices: 1,
      evidence,
      policy: policy(),
      clock: policy(),
    },
    ...{ budgetP95Ms: 50, relabellings: [], labelsApprovedBy: null, now: START },
  });
const withWindow = (evidence: StageEvidence, change: Partial<TelemetryWindow>): StageEvidence =>
  collectWindow(
    evidence,
    windowOf('answers', change),
    { variant: 'fp32', hardwareClass: CLASS },
    ORIENTATION,
  );
const good = evidenceOf(0, goodShown(400));
const errorRate = ({ checks }: { checks: readonly GateCheck[] }) =>
  checks.find(({ name }) => name === 'error-rate');
const nothingAnswered: Partial<TelemetryWindow> = {
  inferences: 0,
  summary: NOTHING_SAID,
  latencyMs: { count: 0, sum: 0, min: 0, max: 0, bins: [] },
};

describe('frames that reach no model', () => {
  it('are in the figures of the error rate and told in a sentence, and change no verdict', () => {
    const judgement = judgeOf(withWindow(good, { rejected: { undecodable: 20, mismatched: 5 } }));
    expect(judgement.verdict).toBe('pass');
    expect(judgement.reason).toMatch(
      /; 25 of 125 frames \(20\.0 %\) reached no model: 20 no image that decodes, 5 of a shape that the model does not take$/,
    );
    expect(errorRate(judgement)).toMatchObject({
      verdict: 'pass',
      figures: { failures: 0, rejected: 25, rejectedShare: 0.2, controlRejectedShare: null },
    });
  });

  it('convict no version even where not one frame decodes, and say why it has seen none', () => {
    const none = withWindow(emptyEvidence(0), {
      ...nothingAnswered,
      rejected: { undecodable: 300, mismatched: 0 },
    });
    const judgement = judgeOf(none);
    expect(judgement.verdict).toBe('inconclusive');
    expect(judgement.reason).toMatch(
      /300 of 300 frames \(100\.0 %\) reached no model: 300 no image that decodes/,
    );
  });

  it('tell apart what came before the switch from what came after it', () => {
    const before = collectWindow(
      good,
      windowOf('shadows', { rejected: { undecodable: 100, mismatched: 0 } }),
      { variant: 'fp32', hardwareClass: CLASS },
      ORIENTATION,
    );
    expect(errorRate(judgeOf(withWindow(before, {})))?.figures).toMatchObject({
      rejectedShare: 0,
      controlRejectedShare: 0.5,
    });
  });

  it('are no news where they are a few in a thousand', () => {
    const judgement = judgeOf(
      withWindow(good, { inferences: 1999, rejected: { undecodable: 1, mismatched: 0 } }),
    );
    expect(judgement.reason).not.toMatch(/reached no model/);
    expect(errorRate(judgement)?.figures['rejected']).toBe(1);
  });
});
