import type { GateCheck } from '@hamon/contracts';
import { taskNamed, type TaskCheck } from '@hamon/tasks';
import { isCompared, type GateInput } from '../gate-input.js';
import { CANNOT_PAIR, cannotPair, worseOfPairs } from './worse-of-cohorts.js';

/**
 * What the model's task answers to one of its own questions about the frames that both versions saw; `undefined` where no
 * device compares the two, or where the task does not ask it.
 */
export function answerOfTask(name: TaskCheck['name'], input: GateInput): GateCheck | undefined {
  const { checks, comparisons } = taskNamed(input.task);
  const check = checks.find((one) => one.name === name);
  if (!check || !isCompared(input)) return undefined;
  return worseOfPairs(input, (compared) => {
    const answer = check.judge(compared ?? comparisons.empty(), input.policy);
    const why = cannotPair(input) ? ({ verdict: 'inconclusive', detail: CANNOT_PAIR } as const) : {};
    return { name, evidence: 'paired', ...answer, ...why };
  });
}
