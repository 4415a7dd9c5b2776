import type { Step, StepKind, StepOf } from '../core/step.js';
import type { StepOutcome } from '../core/step-outcome.js';

/** One for every step: a step without an executor does not compile. */
export type Executors = {
  readonly [K in StepKind]: (step: StepOf<K>, signal: AbortSignal) => Promise<StepOutcome>;
};

export function execute<S extends Step>(
  executors: Executors,
  step: S,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const executor = executors[step.kind] as (step: Step, signal: AbortSignal) => Promise<StepOutcome>;
  return executor(step, signal);
}
