import type { DeploymentState, Reason } from '@hamon/contracts';
import {
  abortRollout,
  approveRollout,
  decide,
  emptyEvidence,
  pauseRollout,
  resumeRollout,
  type Command,
  type Decision,
  type Note,
  type ObservedMember,
  type OperatorOutcome,
  type Rollout,
  type StageEvidence,
} from '../src/index.js';
import { after, member, START } from './fixtures.js';

/** A cohort and its rollout in simulated time; applies commands as the control plane does. */
export class SimulatedFleet {
  now = START;
  members: ObservedMember[];
  /** Made for the stage that is current at each decision. */
  evidence: (stage: number) => StageEvidence = emptyEvidence;
  readonly notes: Note[] = [];
  last: Decision | undefined;

  constructor(
    public rollout: Rollout,
    change: (position: number) => Partial<ObservedMember> = () => ({}),
  ) {
    const count = rollout.spec.stages.at(-1) ?? 0;
    this.members = Array.from({ length: count }, (_, position) => member(position, change(position)));
  }

  get state(): Rollout['status']['state'] {
    return this.rollout.status.state;
  }

  get touched(): number {
    return this.members.filter(({ deployment }) => deployment).length;
  }

  get noteKinds(): string[] {
    return this.notes.map(({ note }) => note);
  }

  /** Decides once on what is stored, through JSON as the database does, and applies the outcome. */
  tick(): Decision {
    this.rollout = JSON.parse(JSON.stringify(this.rollout)) as Rollout;
    const seen = { members: this.members, evidence: this.evidence(this.rollout.status.stage) };
    const decision = decide(this.rollout, seen, this.now);
    this.last = decision;
    this.rollout = decision.next;
    this.apply(decision.commands);
    return decision;
  }

  wait(seconds: number): this {
    this.now = after(seconds, this.now);
    return this;
  }

  /** Devices take their deployments: to `state`, or `refused` where `bad` says so. Who is held does not switch. */
  settle(state: DeploymentState = 'committed', bad: (position: number) => boolean = () => false): this {
    for (const { device, position, online, deployment, revert, held } of this.members) {
      if (!online) continue;
      if (held && state !== 'shadowing') continue;
      if (deployment && !revert && ['assigned', 'downloading', 'shadowing'].includes(deployment.state)) {
        this.setState(device, bad(position) ? 'refused' : state);
      }
      if (revert) this.settleRevert(device);
    }
    return this;
  }

  /** `running` is the bundle that it runs then; its own once the version is active, unless told. */
  setState(device: string, state: DeploymentState, running?: string | null): void {
    const runs = state === 'active' || state === 'committed';
    this.change(device, ({ deployment, ...rest }) => ({
      ...rest,
      deployment: deployment && { ...deployment, state },
      ...(runs && { currentBundle: rest.bundle }),
      ...(running !== undefined && { currentBundle: running }),
    }));
  }

  setRevert(device: string, state: DeploymentState, running: string | null, code?: Reason['code']): void {
    const reason = code === undefined ? null : { code, detail: '' };
    this.change(device, (before) => ({ ...before, currentBundle: running, revert: { state, reason } }));
  }

  setOnline(device: string, online: boolean): void {
    const onlineSince = online ? this.now.toISOString() : null;
    this.change(device, (before) => ({ ...before, online, onlineSince }));
  }

  operate(action: 'pause' | 'resume' | 'approve' | 'abort' | 'abort-and-revert'): OperatorOutcome {
    const by = 'aki';
    const outcome =
      action === 'pause'
        ? pauseRollout(this.rollout, by)
        : action === 'resume'
          ? resumeRollout(this.rollout, by, this.now)
          : action === 'approve'
            ? approveRollout(this.rollout, by, this.now)
            : abortRollout(this.rollout, { by, rollback: action === 'abort-and-revert' }, this.now);
    if (outcome.ok) {
      this.rollout = outcome.value.next;
      this.apply(outcome.value.commands);
    }
    return outcome;
  }

  private settleRevert(device: string): void {
    this.change(device, (before) => ({
      ...before,
      currentBundle: before.previousBundle,
      revert: before.previousBundle === null ? { state: 'cleared' } : { state: 'committed' },
    }));
  }

  private apply(commands: readonly Command[]): void {
    const at = this.now.toISOString();
    for (const command of commands) {
      if (command.kind === 'note') this.notes.push(command);
      else if (command.kind === 'assign') {
        this.change(command.device, (before) => {
          if (before.deployment) throw new Error(`${before.device} was assigned twice`);
          if (before.variant !== command.variant) throw new Error(`${before.device} got ${command.variant}`);
          return { ...before, deployment: { state: 'assigned', assignedAt: at, reason: null } };
        });
      } else if (command.kind === 'hold' || command.kind === 'release') {
        const held = command.kind === 'hold';
        this.change(command.device, (before) => {
          if (before.held === held || before.revert || !before.deployment || !before.canHold) {
            throw new Error(`${before.device} cannot ${command.kind}`);
          }
          return { ...before, held };
        });
      } else {
        this.change(command.device, (before) => {
          if (before.revert || !before.deployment) throw new Error(`${before.device} cannot be reverted`);
          return {
            ...before,
            held: false,
            revert: { state: before.previousBundle === null ? 'cleared' : 'assigned' },
          };
        });
      }
    }
  }

  private change(device: string, to: (before: ObservedMember) => ObservedMember): void {
    this.members = this.members.map((m) => (m.device === device ? to(m) : m));
  }
}
