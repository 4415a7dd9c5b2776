import { isTerminal } from '@hamon/contracts';
import { bootLoop } from './boot-loop.js';
import { newerWish, type DesiredState } from './desired-state.js';
import type { Deployment, ModelState } from './model-state.js';
import type { Facts } from './facts.js';
import { isWayBack } from './is-way-back.js';
import type { Step } from './step.js';

/** The first step from here, or undefined where nothing is left to do. The order of the lines is the priority. */
export function nextStep(state: ModelState, desired: DesiredState, facts: Facts): Step | undefined {
  const { deployment } = state;
  const open = deployment && !isTerminal(deployment.state) ? deployment : undefined;
  return (
    retreat(state, open, facts) ??
    makeWay(state, open, facts) ??
    giveBack(open, facts) ??
    loadCurrent(state, open, facts) ??
    assign(state, desired) ??
    (facts.stray ? { kind: 'dropCandidate' } : undefined) ??
    endShadow(state, open, facts) ??
    (open && open.state !== 'active' ? install(state, open, facts) : undefined) ??
    loadPrevious(state, facts) ??
    (facts.garbage ? { kind: 'collectGarbage' } : undefined) ??
    (open?.state === 'active' ? prove(open, facts) : undefined)
  );
}

/** Going back comes before everything: a failing version answers frames meanwhile. */
function retreat(state: ModelState, open: Deployment | undefined, facts: Facts): Step | undefined {
  const reason = open && (facts.failure ?? bootLoop(state));
  if (reason) return open.state === 'active' ? { kind: 'rollBack', reason } : { kind: 'refuse', reason };
  if (facts.currentBroken && state.slots.previous) return { kind: 'rollBack', reason: facts.currentBroken };
  if (facts.currentDamaged && state.slots.current && !state.slots.previous) return { kind: 'reinstall' };
  return undefined;
}

/** It may get ready, but not switch; a way back is never held. */
export const isHeld = ({ target }: Deployment, { slots }: ModelState): boolean =>
  target.order === 'hold' && !isWayBack(target, slots.previous);

/** A hold may last: a candidate that took the current version's place gives it back meanwhile. */
function makeWay(state: ModelState, open: Deployment | undefined, facts: Facts): Step | undefined {
  if (!open || open.state === 'active' || !isHeld(open, state) || facts.roomForTwo) return undefined;
  const inPlace = state.slots.current !== null && facts.loaded.candidate && !facts.loaded.current;
  return inPlace ? { kind: 'dropCandidate' } : undefined;
}

/** Another model needs the memory, and this one gets no further or has to wait anyway: it is loaded again in its turn. */
function giveBack(open: Deployment | undefined, facts: Facts): Step | undefined {
  const isIdle = open && open.state !== 'active' && facts.loaded.candidate;
  return isIdle && facts.yieldsMemory ? { kind: 'dropCandidate' } : undefined;
}

/** Frames wait for an answer, so that this comes before any update. */
function loadCurrent(state: ModelState, open: Deployment | undefined, facts: Facts): Step | undefined {
  const { current } = state.slots;
  if (!current || current.failed === 'stopped' || facts.loaded.current || !facts.mayLoadCurrent)
    return undefined;
  // Without room for two the candidate takes the place until it is active or refused; the fallback answers.
  const takesPlace = open && open.state !== 'active' && state.slots.candidate && !isHeld(open, state);
  if (takesPlace && !facts.roomForTwo) return undefined;
  return { kind: 'loadCurrent', slot: current };
}

function assign(state: ModelState, desired: DesiredState): Step | undefined {
  const wish = newerWish(state, desired);
  return wish ? { kind: 'assign', target: wish } : undefined;
}

/** The former version's shadow ends with its watch, and makes room for a newer candidate. */
function endShadow(state: ModelState, open: Deployment | undefined, facts: Facts): Step | undefined {
  if (!facts.loaded.previous) return undefined;
  const needed =
    state.slots.previous !== null &&
    facts.watching &&
    !facts.yieldsMemory &&
    (!open || open.state === 'active');
  return needed ? undefined : { kind: 'stopShadow' };
}

function install(state: ModelState, open: Deployment, facts: Facts): Step | undefined {
  const { bundle } = open.target;
  const { current, candidate } = state.slots;
  if (!candidate || open.state === 'assigned' || open.state === 'downloading') {
    if (facts.index === 'absent') return { kind: 'fetchIndex', bundle };
    // First: what former updates left behind takes the space that this one needs.
    if (facts.garbage) return { kind: 'collectGarbage' };
    if (facts.missingChunks > 0) return { kind: 'fetchChunks', bundle };
    return { kind: 'assembleBundle', target: open.target };
  }
  const held = isHeld(open, state);
  if (!facts.loaded.candidate) {
    if (held && current !== null && !facts.roomForTwo) return undefined;
    if (facts.loaded.current && !facts.roomForTwo) return { kind: 'unloadCurrent' };
    return { kind: 'loadCandidate', slot: candidate };
  }
  if (isWayBack(open.target, state.slots.previous)) return { kind: 'activate', slot: candidate };
  if (open.state === 'staged') return { kind: 'selfTest', slot: candidate };
  const comparable =
    current !== null && current.failed !== 'stopped' && facts.roomForTwo && !facts.currentBroken;
  const wanted = open.target.policy.shadow.minFrames > 0;
  if (comparable && wanted && !facts.shadowPassed) return { kind: 'shadow', slot: candidate };
  if (held) return undefined;
  return { kind: 'activate', slot: candidate };
}

function loadPrevious(state: ModelState, facts: Facts): Step | undefined {
  const { previous } = state.slots;
  if (!previous || !facts.watching || facts.loaded.previous || facts.loaded.candidate) return undefined;
  if (!facts.roomAtOnce || !facts.loaded.current) return undefined;
  return { kind: 'loadPrevious', slot: previous };
}

function prove(open: Deployment, facts: Facts): Step | undefined {
  // A version whose child is down proves nothing; its crash or its return makes the next plan.
  if (!facts.loaded.current) return undefined;
  const { policy } = open.target;
  const isObserved = policy.probation.seconds > 0 || policy.probation.minFrames > 0;
  if (isObserved && !facts.probationPassed) return { kind: 'observeProbation', policy };
  return { kind: 'commit' };
}
