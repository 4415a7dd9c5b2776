import { Injectable } from '@nestjs/common';
import type { Command, Note } from '@hamon/rollout';
import type { EntityManager } from 'typeorm';
import { Webhooks } from '../alerts/webhooks.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { DesiredEndings } from '../trust/desired-endings.js';
import { DesiredStateService, type AssignedVariant } from '../trust/desired-state.service.js';
import { revertPolicy } from '../trust/device-policies.js';
import { RolloutEventStore } from './rollout-event.store.js';
import { webhookOf } from './rollout-webhook.js';
import { RolloutMemberStore } from './rollout-member.store.js';
import type { StoredRollout } from './stored-rollout.js';

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>;

/** One executor per kind of command, for all commands of that kind at once: a forgotten kind does not compile. */
type Executors = {
  readonly [K in Command['kind']]: (
    manager: EntityManager,
    stored: StoredRollout,
    commands: readonly Of<K>[],
    actor: string,
  ) => Promise<void>;
};

/** Carries out what a decision commands, in the transaction that stores the decision. */
@Injectable()
export class CommandExecutor {
  private readonly executors: Executors = {
    assign: (manager, stored, commands) => this.assign(manager, stored, commands),
    revert: (manager, stored, commands) =>
      this.revert(
        manager,
        stored,
        commands.map(({ device }) => device),
      ),
    hold: (manager, stored, commands) => this.setHeld(manager, stored, commands, true),
    release: (manager, stored, commands) => this.setHeld(manager, stored, commands, false),
    note: (manager, stored, notes, actor) => this.note(manager, stored, notes, actor),
  };

  constructor(
    private readonly desired: DesiredStateService,
    private readonly endings: DesiredEndings,
    private readonly members: RolloutMemberStore,
    private readonly events: RolloutEventStore,
    private readonly audit: AuditService,
    private readonly webhooks: Webhooks,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  async execute(
    manager: EntityManager,
    stored: StoredRollout,
    commands: readonly Command[],
    actor: string,
  ): Promise<void> {
    const run = <K extends Command['kind']>(kind: K): Promise<void> => {
      const own = commands.filter((command): command is Of<K> => command.kind === kind);
      return own.length === 0 ? Promise.resolve() : this.executors[kind](manager, stored, own, actor);
    };
    await run('assign');
    await run('revert');
    await run('release');
    await run('hold');
    await run('note');
  }

  private async assign(
    manager: EntityManager,
    stored: StoredRollout,
    commands: readonly Of<'assign'>[],
  ): Promise<void> {
    const { rollout, fleet, versionId, policy } = stored;
    const deployments = await this.desired.assign(manager, {
      ...{ fleet, model: rollout.spec.model },
      targets: new Map(commands.map(({ device, variant }) => [device, { versionId, variant }])),
      policy,
      rolloutId: rollout.id,
    });
    await this.members.setDeployments(manager, rollout.id, deployments);
  }

  private async revert(
    manager: EntityManager,
    stored: StoredRollout,
    devices: readonly string[],
  ): Promise<void> {
    const { rollout, fleet, policy } = stored;
    const targets = new Map<string, AssignedVariant>();
    const without: string[] = [];
    for (const { device, versionId, variant } of await this.members.previous(manager, rollout.id, devices)) {
      if (versionId === null || variant === null) without.push(device);
      else targets.set(device, { versionId, variant });
    }
    const { model } = rollout.spec;
    if (without.length > 0) await this.endings.callOff(manager, fleet, model, without);
    if (targets.size === 0) return;
    const deployments = await this.desired.assign(manager, {
      ...{ fleet, model, targets, rolloutId: rollout.id },
      ...{ policy: revertPolicy(policy), threshold: 'former' },
    });
    await this.members.setReverts(manager, rollout.id, deployments);
  }

  private async setHeld(
    manager: EntityManager,
    { rollout, fleet }: StoredRollout,
    commands: readonly { readonly device: string }[],
    held: boolean,
  ): Promise<void> {
    const devices = commands.map(({ device }) => device);
    const deployments = await this.members.deployments(manager, rollout.id, devices);
    await this.desired.setHeld(manager, fleet, rollout.spec.model, deployments, held);
  }

  private async note(
    manager: EntityManager,
    stored: StoredRollout,
    notes: readonly Note[],
    actor: string,
  ): Promise<void> {
    const { rollout, fleet } = stored;
    const events = notes.map(({ note, text, stage, judgement }) => ({
      kind: note,
      text,
      detail: { stage, ...(judgement ? { judgement } : {}) },
    }));
    await this.events.append(manager, rollout.id, events);
    const told = { now: this.clock.now(), publicUrl: this.config.publicUrl };
    for (const webhook of notes.map((note) => webhookOf(stored, note, told))) {
      if (webhook) await this.webhooks.add(manager, webhook);
    }
    for (const { kind, text, detail } of events) {
      await this.audit.record(manager, {
        fleet,
        actor,
        action: `rollout.${kind}`,
        subject: rollout.id,
        detail: { ...detail, text },
      });
    }
  }
}
