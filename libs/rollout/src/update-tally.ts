import type { DeploymentState } from '@hamon/contracts';
import type { DeploymentClock } from './deployment-clock.js';
import type { Relabelling } from './label-change.js';
import type { ObservedMember } from './observations.js';

/** How the update itself went on a set of devices. */
export interface UpdateCounts {
  readonly devices: number;
  /** Active or committed, and running the version as last reported. */
  readonly succeeded: number;
  /** Refused, rolled back, also after its commitment, or online for the whole time-out without finishing. */
  readonly failed: number;
  /** Online and on their way, or online and not assigned yet. */
  readonly waiting: number;
  /** Not finished and offline, or coming and going for long: nobody waits for them. */
  readonly unreachable: number;
  /**
   * Installed and tested, and without enough frames to be compared on for the whole time-out, as on a line that stands
   * still: neither good nor bad, and nobody waits for them. They activate when frames come.
   */
  readonly unproven: number;
  /** Replaced by something newer than this rollout: neither good nor bad. */
  readonly superseded: number;
}

export interface UpdateTally {
  /** Devices that are new in the stage. */
  readonly fresh: UpdateCounts;
  /** All devices up to the stage's count. */
  readonly all: UpdateCounts;
  /** Online devices up to the stage's count that run the version and may still go back by themselves. */
  readonly onProbation: number;
  /** Failed devices by reason code; `timeout` for those that did not finish, `not-running` for those that left it. */
  readonly reasons: Readonly<Record<string, number>>;
  /**
   * Does a device run the candidate, or shadow with it, that ran another version before and has room for both? Then there
   * are same-frame labels to wait for.
   */
  readonly comparable: boolean;
  /** The same of the devices that are new in the stage. */
  readonly freshComparable: boolean;
  /** Devices that run the candidate, ran another version before and have no room for both. */
  readonly alone: number;
  /** Devices that run the candidate and ran a version with other labels: with room for both or not, they compare nothing. */
  readonly relabelled: readonly Relabelled[];
}

export interface Relabelled {
  readonly change: Relabelling;
  readonly devices: number;
}

export type MemberOutcome = Exclude<keyof UpdateCounts, 'devices'>;

const OUTCOME_OF_STATE = {
  assigned: null,
  downloading: null,
  staged: null,
  'self-tested': null,
  shadowing: null,
  active: 'succeeded',
  committed: 'succeeded',
  'rolled-back': 'failed',
  refused: 'failed',
  superseded: 'superseded',
} as const satisfies Record<DeploymentState, MemberOutcome | null>;

/** Nobody waits for the deployment: it runs, or it has ended. */
export const isSettled = ({ deployment }: ObservedMember): boolean =>
  deployment !== null && OUTCOME_OF_STATE[deployment.state] !== null;

/** Nobody waits for a deployment that is this many time-outs old, see `memberOutcome`. */
const PATIENCE_FACTOR = 3;

const resumedMs = ({ resumedAt }: DeploymentClock): number => (resumedAt ? Date.parse(resumedAt) : 0);

/**
 * When the wait for an unfinished online device ends, in milliseconds since the epoch: with an update failure, or unproven
 * where it lacks frames.
 */
export function deadlineOf(member: ObservedMember, clock: DeploymentClock): number {
  if (!member.deployment || clock.isStopped) return Infinity;
  const assignedMs = Date.parse(member.deployment.assignedAt);
  const onlineMs = member.onlineSince === null ? assignedMs : Date.parse(member.onlineSince);
  return Math.max(assignedMs, onlineMs, resumedMs(clock)) + clock.deploymentTimeoutSeconds * 1000;
}

/**
 * How the update stands on one device. A device that is back after weeks has its full time again; one that connects and
 * vanishes over and over would be waited for without end, so an old deployment counts as out of reach until it has
 * finished or has been online for the whole time-out.
 */
export function memberOutcome(member: ObservedMember, clock: DeploymentClock, now: Date): MemberOutcome {
  const settled = member.deployment && OUTCOME_OF_STATE[member.deployment.state];
  if (settled && settled !== 'succeeded') return settled;
  // While damaged files are installed once more nothing runs: no failure, and no success either until that is done.
  if (settled && member.currentBundle !== null) {
    return member.currentBundle === member.bundle ? 'succeeded' : 'failed';
  }
  if (!member.online) return 'unreachable';
  if (!member.deployment || clock.isStopped) return 'waiting';
  const timeoutMs = clock.deploymentTimeoutSeconds * 1000;
  const assignedForMs = now.getTime() - Date.parse(member.deployment.assignedAt);
  // No deadline is nearer than this: of a big cohort under way nothing else needs to be read.
  if (assignedForMs < timeoutMs) return 'waiting';
  if (!settled && now.getTime() >= deadlineOf(member, clock)) {
    return member.deployment.state === 'shadowing' ? 'unproven' : 'failed';
  }
  const ageMs = Math.min(assignedForMs, now.getTime() - resumedMs(clock));
  return ageMs >= PATIENCE_FACTOR * timeoutMs ? 'unreachable' : 'waiting';
}

/** Counts members below `devices`; those from `firstNew` on are new in the stage. */
export function tallyUpdates(
  members: readonly ObservedMember[],
  stage: {
    readonly firstNew: number;
    readonly devices: number;
    readonly relabellings: readonly Relabelling[];
  },
  clock: DeploymentClock,
  now: Date,
): UpdateTally {
  const [fresh, all] = [emptyCounts(), emptyCounts()];
  const reasons: Record<string, number> = {};
  let onProbation = 0;
  const comparability = new Comparability(stage.relabellings);
  for (const member of members) {
    if (member.position >= stage.devices) continue;
    const outcome = memberOutcome(member, clock, now);
    const isFresh = member.position >= stage.firstNew;
    for (const counts of isFresh ? [fresh, all] : [all]) {
      counts.devices += 1;
      counts[outcome] += 1;
    }
    if (outcome === 'failed') {
      const code = failureCode(member);
      reasons[code] = (reasons[code] ?? 0) + 1;
    }
    const isActive = member.deployment?.state === 'active';
    if (isActive && outcome === 'succeeded' && member.online) onProbation += 1;
    comparability.add(member, isFresh);
  }
  return { fresh, all, onProbation, reasons, ...comparability.found() };
}

const failureCode = (member: ObservedMember): string =>
  member.deployment?.reason?.code ?? (isSettled(member) ? 'not-running' : 'timeout');

/** Which devices that run the candidate, or shadow with it, can compare it with what they ran before. */
class Comparability {
  private readonly changes: ReadonlyMap<string, Relabelling>;
  private readonly relabelled = new Map<Relabelling, number>();
  private comparable = false;
  private freshComparable = false;
  private alone = 0;

  constructor(relabellings: readonly Relabelling[]) {
    this.changes = new Map(
      relabellings.flatMap((change) => change.bundles.map((bundle) => [bundle, change])),
    );
  }

  add({ deployment, previousBundle, bundle, canShadow }: ObservedMember, isFresh: boolean): void {
    const state = deployment?.state;
    const runs = state === 'shadowing' || state === 'active' || state === 'committed';
    if (!runs || previousBundle === null || previousBundle === bundle) return;
    const change = this.changes.get(previousBundle);
    if (change) {
      this.relabelled.set(change, (this.relabelled.get(change) ?? 0) + 1);
    } else if (canShadow) {
      this.comparable = true;
      this.freshComparable ||= isFresh;
    } else {
      this.alone += 1;
    }
  }

  found(): Pick<UpdateTally, 'comparable' | 'freshComparable' | 'alone' | 'relabelled'> {
    const { comparable, freshComparable, alone, relabelled } = this;
    return {
      comparable,
      freshComparable,
      alone,
      relabelled: [...relabelled].map(([change, devices]) => ({ change, devices })),
    };
  }
}

type Counting = { -readonly [K in keyof UpdateCounts]: UpdateCounts[K] };

const emptyCounts = (): Counting => ({
  devices: 0,
  succeeded: 0,
  failed: 0,
  waiting: 0,
  unreachable: 0,
  unproven: 0,
  superseded: 0,
});
