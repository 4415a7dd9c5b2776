import { isTerminal, type DeploymentState, type Reason } from '@hamon/contracts';
import type { Deployment, DeviceState, Slot, Target } from './device-state.js';
import type { Step, StepKind, StepOf } from './step.js';

type Advances = { readonly [K in StepKind]: (state: DeviceState, step: StepOf<K>, at: Date) => DeviceState };

/** The state once a step has begun: what is shown, and found after a power cut, while it is under way. */
export function begin(state: DeviceState, step: Step): DeviceState {
  if (step.kind === 'fetchIndex' || step.kind === 'fetchChunks') return enter(state, 'downloading');
  if (step.kind === 'shadow') return enter(state, 'shadowing');
  return state;
}

/** The state once a step has succeeded. */
export function advance<K extends StepKind>(state: DeviceState, step: StepOf<K>, at: Date): DeviceState {
  return (ADVANCES[step.kind] as Advances[K])(state, step, at);
}

const same = (state: DeviceState): DeviceState => state;

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
    const previous = heirOf(state, slot);
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
  refuse: (state, { reason }) =>
    abandon({ ...state, slots: { ...state.slots, candidate: null } }, 'refused', reason),
  rollBack: rolledBack,
  reinstall: (state) => {
    const { deployment, slots } = state;
    const isOurs = deployment?.target.version.bundle === slots.current?.version.bundle;
    return {
      ...state,
      slots: { ...slots, current: null },
      // Damaged bytes are never run; the same bundle is fetched and installed once more.
      deployment: deployment && isOurs ? { ...deployment, state: 'assigned', attempts: 0 } : deployment,
    };
  },
  collectGarbage: same,
};

/**
 * The slot to go back to after `next` has become current: what was committed last. One that was replaced in its
 * probation takes that place only where there is no other, and never `next` itself.
 */
function heirOf({ slots: { current, previous } }: DeviceState, next: Slot): Slot | null {
  const heir = current?.good ? current : (previous ?? current);
  return heir && heir.version.bundle !== next.version.bundle ? heir : null;
}

const asGood = (slot: Slot | null): Slot | null => slot && { ...slot, good: true };

function enter(state: DeviceState, next: DeploymentState): DeviceState {
  const { deployment } = state;
  if (!deployment || deployment.state === next) return state;
  return { ...state, deployment: { ...deployment, state: next, attempts: 0 } };
}

function assigned(state: DeviceState, target: Target): DeviceState {
  const { slots, deployment } = state;
  const renewed = (slot: Slot | null): Slot | null =>
    slot?.version.bundle === target.version.bundle
      ? { ...slot, version: target.version, policy: target.policy }
      : slot;
  const goesOn = (open: Deployment): boolean =>
    !isTerminal(open.state) && open.target.version.bundle === target.version.bundle;
  if (deployment && goesOn(deployment)) {
    // The same bundle under a later sequence: the way so far is not gone twice.
    return {
      ...state,
      slots: { ...slots, current: renewed(slots.current), candidate: renewed(slots.candidate) },
      deployment: { ...deployment, target },
    };
  }
  const isCurrent = slots.current?.version.bundle === target.version.bundle;
  return {
    ...state,
    slots: { ...slots, current: isCurrent ? asGood(renewed(slots.current)) : slots.current, candidate: null },
    deployment: { target, state: isCurrent ? 'committed' : 'assigned', reason: null, attempts: 0 },
  };
}

function rolledBack(state: DeviceState, { reason }: StepOf<'rollBack'>): DeviceState {
  const { current, previous } = state.slots;
  const isOurs = state.deployment?.target.version.bundle === current?.version.bundle;
  const back: DeviceState = {
    ...state,
    // Nothing to go back to: a failing model is still better than none (failure rule 1).
    slots: { ...state.slots, current: previous ?? current, previous: null },
    watch: null,
  };
  return isOurs ? abandon(back, 'rolled-back', reason) : back;
}

/** The end of a deployment that will not be tried again. */
function abandon(state: DeviceState, end: DeploymentState, reason: Reason): DeviceState {
  const { deployment, accepted } = state;
  if (!deployment) return state;
  const isNewest = accepted?.sequence === deployment.target.version.sequence;
  return {
    ...state,
    deployment: { ...deployment, state: end, reason, attempts: 0 },
    accepted: accepted && isNewest ? { ...accepted, abandoned: true } : accepted,
  };
}
