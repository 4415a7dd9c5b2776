import { isTerminal, isTransition, type DeploymentState, type Reason } from '@hamon/contracts';
import type { Deployment, ModelState, Slot, Target } from './model-state.js';
import { isWayBack } from './is-way-back.js';
import type { Step, StepKind, StepOf } from './step.js';

type Advances = { readonly [K in StepKind]: (state: ModelState, step: StepOf<K>, at: Date) => ModelState };

/** The state once a step has begun: what is shown, and found after a power cut, while it is under way. */
export function begin(state: ModelState, step: Step): ModelState {
  if (step.kind === 'fetchIndex' || step.kind === 'fetchChunks') return enter(state, 'downloading');
  if (step.kind === 'shadow') return enter(state, 'shadowing');
  return state;
}

/** The state once a step has succeeded. */
export function advance<K extends StepKind>(state: ModelState, step: StepOf<K>, at: Date): ModelState {
  return (ADVANCES[step.kind] as Advances[K])(state, step, at);
}

const same = (state: ModelState): ModelState => state;

const ADVANCES: Advances = {
  assign: (state, { target }) => assigned(state, target),
  fetchIndex: same,
  fetchChunks: same,
  assembleBundle: (state, { target: { version, policy } }) =>
    enter({ ...state, slots: { ...state.slots, candidate: { version, policy, good: false } } }, 'staged'),
  loadCurrent: same,
  stopShadow: same,
  unloadCurrent: same,
  dropCandidate: same,
  loadCandidate: same,
  selfTest: (state) => enter(state, 'self-tested'),
  shadow: same,
  activate: (state, { slot }, at) => {
    const previous = isWayBack(slot, state.slots.previous) ? null : heirOf(state, slot);
    const seconds = slot.policy.shadowAfterActivationSeconds;
    return enter(
      {
        ...state,
        slots: { current: slot, previous, candidate: null },
        watch: previous && seconds > 0 ? { since: at.toISOString(), seconds } : null,
      },
      'active',
    );
  },
  loadPrevious: same,
  observeProbation: same,
  commit: (state) =>
    enter({ ...state, slots: { ...state.slots, current: asGood(state.slots.current) } }, 'committed'),
  refuse: refused,
  rollBack: rolledBack,
  reinstall: (state) => {
    const { deployment, slots } = state;
    const isOurs = deployment?.target.version.bundle === slots.current?.version.bundle;
    return {
      ...state,
      slots: { ...slots, current: null },
      // Damaged bytes are never run; the same bundle is fetched and installed once more.
      deployment: deployment && isOurs ? onceMore(deployment) : deployment,
    };
  },
  collectGarbage: same,
};

/** Without the order: a hold that came after the switch would leave the device with nothing to answer with. */
function onceMore(deployment: Deployment): Deployment {
  const { version, bundle, policy } = deployment.target;
  return { ...deployment, target: { version, bundle, policy }, state: 'assigned', attempts: 0 };
}

/**
 * The slot to go back to after `next` has become current: what was committed last. A version that was replaced in its
 * probation takes that place only where there is no other. It is never `next` itself, nor one that failed here. After a
 * way back (`isWayBack`) there is none: the former current is what the device went back from.
 */
function heirOf({ slots: { current, previous } }: ModelState, next: Slot): Slot | null {
  const heir = current?.good ? current : (previous ?? current);
  return heir && !heir.failed && heir.version.bundle !== next.version.bundle ? heir : null;
}

/** Committed: an earlier failure no longer counts. */
function asGood(slot: Slot | null): Slot | null {
  if (!slot) return null;
  const { version, policy } = slot;
  return { version, policy, good: true };
}

function enter(state: ModelState, next: DeploymentState): ModelState {
  const { deployment } = state;
  if (!deployment || deployment.state === next) return state;
  // To stay would plan the same step again, for ever.
  if (!isTransition(deployment.state, next)) {
    throw new Error(`a deployment that is ${deployment.state} cannot become ${next}`);
  }
  return { ...state, deployment: { ...deployment, state: next, attempts: 0 } };
}

function assigned(state: ModelState, target: Target): ModelState {
  const { slots, deployment } = state;
  const renewed = (slot: Slot | null): Slot | null =>
    slot?.version.bundle === target.version.bundle
      ? { ...slot, version: target.version, policy: target.policy }
      : slot;
  const goesOn = (open: Deployment): boolean =>
    !isTerminal(open.state) && open.target.version.bundle === target.version.bundle;
  if (deployment && goesOn(deployment)) {
    // The same bundle under a later sequence: what has been done is not done twice.
    return {
      ...state,
      slots: { ...slots, current: renewed(slots.current), candidate: renewed(slots.candidate) },
      deployment: { ...deployment, target },
    };
  }
  const current = renewed(slots.current);
  const isCurrent = current?.version.bundle === target.version.bundle;
  if (isCurrent && current.failed) {
    // It failed here and is wanted again: it answers already, and has to pass its probation this time.
    return {
      ...state,
      slots: { ...slots, current: { ...current, failed: 'kept' }, candidate: null },
      deployment: { target, state: 'active', reason: null, attempts: 0 },
    };
  }
  return {
    ...state,
    slots: { ...slots, current: isCurrent ? asGood(current) : current, candidate: null },
    deployment: { target, state: isCurrent ? 'committed' : 'assigned', reason: null, attempts: 0 },
  };
}

/** Reasons that say nothing about the version. */
const CIRCUMSTANCES: ReadonlySet<Reason['code']> = new Set([
  'disk-full',
  'storage-error',
  'chunk-unavailable',
]);

/**
 * What was refused here is no way back either, though it may have run well before. Where the device went back to it
 * meanwhile, it keeps it.
 */
function refused(state: ModelState, { reason }: StepOf<'refuse'>): ModelState {
  const { slots, deployment } = state;
  const isRefused = (slot: Slot | null): slot is Slot =>
    slot?.version.bundle === deployment?.target.version.bundle && !CIRCUMSTANCES.has(reason.code);
  const current = isRefused(slots.current) ? withoutWayBack(slots.current) : slots.current;
  const previous = isRefused(slots.previous) ? null : slots.previous;
  return abandon({ ...state, slots: { current, previous, candidate: null } }, 'refused', reason);
}

function rolledBack(state: ModelState, { reason }: StepOf<'rollBack'>): ModelState {
  const { current, previous } = state.slots;
  const isOurs = state.deployment?.target.version.bundle === current?.version.bundle;
  const back: ModelState = {
    ...state,
    slots: { ...state.slots, current: previous ?? (current && withoutWayBack(current)), previous: null },
    watch: null,
  };
  return isOurs ? abandon(back, 'rolled-back', reason) : back;
}

/** It failed, and there is no other: still better than none (failure rule 1), unless its rollout asked otherwise. */
function withoutWayBack(slot: Slot): Slot {
  const { onFirstFailure = 'keep' } = slot.policy.probation;
  return { ...slot, good: false, failed: onFirstFailure === 'stop' ? 'stopped' : 'kept' };
}

/** The end of a deployment that will not be tried again. */
function abandon(state: ModelState, end: DeploymentState, reason: Reason): ModelState {
  const { deployment, accepted } = state;
  if (!deployment) return state;
  // Also under a later sequence that came meanwhile: renewed or held, it is the same wish.
  const isSame = accepted?.target.version.bundle === deployment.target.version.bundle;
  return {
    ...state,
    deployment: { ...deployment, state: end, reason, attempts: 0 },
    accepted: accepted && isSame ? { ...accepted, abandoned: true } : accepted,
  };
}
