import {
  foresee,
  NOTHING_KNOWN,
  watchLeftMs,
  type ModelState,
  type Facts,
  type Step,
} from '@hamon/agent/protocol';

/** What a device knows right after its start: nothing is loaded, nothing is measured. */
export const factsAtStart = (state: ModelState, now: Date): Facts => ({
  ...NOTHING_KNOWN,
  watching: watchLeftMs(state.watch, now) > 0,
});

/** What it knows once a step has led from one state to the next. */
export function factsAfter(facts: Facts, step: Step, before: ModelState, after: ModelState): Facts {
  const known = foresee(facts, step, after);
  if (step.kind !== 'assign') return known;
  const isSame = before.deployment?.target.version.bundle === step.target.version.bundle;
  return { ...known, failure: null, ...(isSame ? {} : NOTHING_FETCHED) };
}

const { index, missingChunks } = NOTHING_KNOWN;
const NOTHING_FETCHED = { index, missingChunks };
