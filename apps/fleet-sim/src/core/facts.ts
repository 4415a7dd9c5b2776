import { foresee, watchLeftMs, type DeviceState, type Facts, type Step } from '@hamon/agent/protocol';

/** What a device knows right after its start: nothing is loaded, nothing is measured. */
export const factsAtStart = (state: DeviceState, now: Date): Facts => ({
  index: 'absent',
  missingChunks: 1,
  loaded: { current: false, previous: false, candidate: false },
  stray: false,
  mayLoadCurrent: true,
  currentBroken: null,
  currentDamaged: false,
  roomForTwo: true,
  shadowPassed: false,
  probationPassed: false,
  failure: null,
  watching: watchLeftMs(state.watch, now) > 0,
  garbage: false,
});

/** What it knows once a step has led from one state to the next. */
export function factsAfter(facts: Facts, step: Step, before: DeviceState, after: DeviceState): Facts {
  const known = foresee(facts, step, after);
  if (step.kind !== 'assign') return known;
  const isSame = before.deployment?.target.version.bundle === step.target.version.bundle;
  return { ...known, failure: null, ...(isSame ? {} : { index: 'absent', missingChunks: 1 }) };
}
