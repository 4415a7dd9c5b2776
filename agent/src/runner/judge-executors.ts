import { setTimeout as delay } from 'node:timers/promises';
import { assessProbation } from '../core/assess-probation.js';
import { assessShadow, type Assessment } from '../core/assess-shadow.js';
import type { StepOutcome } from '../core/step-outcome.js';
import type { Child } from './child.js';
import { reasonFor } from './child.js';
import type { Executors } from './executors.js';
import type { RunnerContext } from './runner-context.js';

const LOOK_MS = 100;

/** Observe a version at work until there is a judgement. */
export function judgeExecutors(context: RunnerContext): Pick<Executors, 'shadow' | 'observeProbation'> {
  const { processes, router, memory, keeper, further } = context;
  return {
    shadow: async ({ slot }, signal) => {
      processes.shadow('candidate', slot);
      let frames = -1;
      return lookUntil(signal, () => {
        const child = processes.of('candidate', slot);
        const tally = router.shadowTally();
        if (!child || tally?.role !== 'candidate') return 'gone';
        if (tally.frames > frames) further('memory');
        frames = tally.frames;
        const assessment = overMemory(child) ?? assessShadow(tally, slot.policy, child.document.budgets);
        if (assessment.kind === 'pass') memory.passShadow(child.digest);
        return assessment;
      });
    },
    observeProbation: async ({ policy }, signal) =>
      lookUntil(signal, () => {
        const child = processes.of('current', keeper.state.slots.current);
        if (!child) return 'gone';
        const tally = router.shadowTally();
        const record = {
          ...memory.probationOf(child.digest, router.activeTally()),
          beside: tally?.role === 'previous' ? tally : null,
        };
        const { budgets } = child.document;
        const assessment = overMemory(child) ?? assessProbation(record, policy, budgets);
        if (assessment.kind === 'pass') memory.passProbation();
        return assessment;
      }),
  };
}

async function lookUntil(signal: AbortSignal, look: () => Assessment | 'gone'): Promise<StepOutcome> {
  while (!signal.aborted) {
    const assessment = look();
    if (assessment === 'gone') break;
    if (assessment.kind === 'pass') return { kind: 'done' };
    if (assessment.kind === 'fail') return { kind: 'failed', reason: assessment.reason };
    await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
  return { kind: 'interrupted' };
}

function overMemory({ rssMb, document }: Child): Assessment | undefined {
  const budgetMb = document.budgets.rssMb;
  if (rssMb <= budgetMb) return undefined;
  return {
    kind: 'fail',
    reason: reasonFor('memory-budget', `its process takes ${rssMb.toFixed(0)} MB, budget ${budgetMb} MB`),
  };
}
