import { advance, begin } from './advance.js';
import type { DesiredState } from './desired-state.js';
import type { ModelState } from './model-state.js';
import type { Facts } from './facts.js';
import { foresee } from './foresee.js';
import { nextStep } from './next-step.js';
import type { Step } from './step.js';

/** No plan is longer: one that is would never end. */
const MAX_STEPS = 32;

/**
 * All steps from here to the desired state, provided that each succeeds. Only the first one is binding: whatever
 * happens meanwhile, a new plan is made from what is known then.
 */
export function plan(current: ModelState, desired: DesiredState, facts: Facts): readonly Step[] {
  const steps: Step[] = [];
  let state = current;
  let known = facts;
  for (;;) {
    const step = nextStep(state, desired, known);
    if (!step) return steps;
    if (steps.length === MAX_STEPS) throw new Error(`a plan without end: ${steps.map((s) => s.kind).join()}`);
    steps.push(step);
    // The date only begins the watch, whose length no plan depends on.
    const begun = begin(state, step);
    state = advance(begun, step, new Date(0));
    known = foresee(known, step, state);
  }
}
