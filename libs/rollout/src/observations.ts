import type { DeploymentState, Reason } from '@hamon/contracts';
import type { StageEvidence } from './evidence.js';

/** What is known of one member of the cohort. Times are ISO 8601 UTC. */
export interface ObservedMember {
  readonly device: string;
  /** Order in which the ripple reaches the members, from 0; unique, with gaps where devices were retired. */
  readonly position: number;
  /** The variant that the device shall run, fixed at the start … */
  readonly variant: string;
  /** … and the digest of its bundle: the candidate on this device. */
  readonly bundle: string;
  /** As it was when the rollout began. */
  readonly hardwareClass: string;
  readonly online: boolean;
  /**
   * Begin of the present connection, null while offline. Deployments time out from the later of this and their
   * assignment: a device that comes back after weeks has its full time again.
   */
  readonly onlineSince: string | null;
  /** Digest of the bundle that the device ran when the rollout began; null for none. A revert goes back to it. */
  readonly previousBundle: string | null;
  /** Digest of the bundle in the current slot as last reported; null for none. */
  readonly currentBundle: string | null;
  /** It says that two models fit into its memory; without that it can show nothing on the same frames. */
  readonly canShadow: boolean;
  /** This rollout's deployment; null while the ripple has not reached the device. A device with one is *touched*. */
  readonly deployment: {
    readonly state: DeploymentState;
    readonly assignedAt: string;
    readonly reason: Reason | null;
  } | null;
  /** Its newest manifest asks it to get ready for this version and not to switch. */
  readonly held: boolean;
  /** Its agent understands that. */
  readonly canHold: boolean;
  /**
   * This rollout's way back; `cleared` where the device ran nothing before and its wish was taken back, `heard` once it
   * says that it knows.
   */
  readonly revert: {
    readonly state: DeploymentState | 'cleared';
    readonly reason?: Reason | null;
    readonly heard?: boolean;
  } | null;
}

/** The facts that a decision is made on. */
export interface Observations {
  /** All members below the current stage's count, and all touched ones; more do no harm. In any order. */
  readonly members: readonly ObservedMember[];
  /** The current stage's evidence; one of another stage counts as none. */
  readonly evidence: StageEvidence;
}
