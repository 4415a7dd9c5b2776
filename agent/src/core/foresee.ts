import type { ModelState } from './model-state.js';
import type { Facts } from './facts.js';
import type { Step } from './step.js';

/** What will be known once a step has succeeded and led to `after`. */
export function foresee(facts: Facts, step: Step, after: ModelState): Facts {
  const { loaded } = facts;
  switch (step.kind) {
    case 'fetchIndex':
      return { ...facts, index: 'present' };
    case 'fetchChunks':
      return { ...facts, missingChunks: 0 };
    case 'loadCurrent':
      return { ...facts, loaded: { ...loaded, current: true } };
    case 'unloadCurrent':
      return { ...facts, loaded: { ...loaded, current: false } };
    case 'dropCandidate':
      return { ...facts, stray: false, yieldsMemory: false, loaded: { ...loaded, candidate: false } };
    case 'loadCandidate':
      return { ...facts, loaded: { ...loaded, candidate: true } };
    case 'loadPrevious':
      return { ...facts, loaded: { ...loaded, previous: true } };
    case 'stopShadow':
      return { ...facts, watching: false, yieldsMemory: false, loaded: { ...loaded, previous: false } };
    case 'shadow':
      return { ...facts, shadowPassed: true };
    case 'observeProbation':
      return { ...facts, probationPassed: true };
    case 'collectGarbage':
      return { ...facts, garbage: false };
    case 'assign':
      // An executor unloads a candidate that is no longer wanted.
      return after.slots.candidate
        ? facts
        : { ...facts, shadowPassed: false, loaded: { ...loaded, candidate: false } };
    case 'activate': {
      const previous = loaded.current && after.watch !== null && facts.roomForTwo;
      return {
        ...facts,
        watching: after.watch !== null,
        probationPassed: false,
        currentBroken: null,
        currentDamaged: false,
        loaded: { current: true, previous, candidate: false },
      };
    }
    case 'refuse':
      return { ...facts, failure: null, loaded: { ...loaded, candidate: false } };
    case 'rollBack':
      return {
        ...facts,
        failure: null,
        currentBroken: null,
        currentDamaged: false,
        watching: false,
        loaded: { ...loaded, current: loaded.previous, previous: false },
      };
    case 'reinstall':
      return { ...facts, currentDamaged: false, currentBroken: null, loaded: { ...loaded, current: false } };
    case 'assembleBundle':
    case 'selfTest':
    case 'commit':
      return facts;
  }
}
