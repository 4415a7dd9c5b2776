import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { Outbox } from '../messaging/outbox.js';
import { inBatches } from '../platform/in-batches.js';
import { Log } from '../platform/log.js';
import { AbandonedTargetStore, type LockedTarget } from './abandoned-target.store.js';
import { DesiredEndings } from './desired-endings.js';
import { DesiredStateService } from './desired-state.service.js';
import { revertPolicy } from './device-policies.js';
import { RolloutHistory } from './rollout-history.js';

const BATCH = 100;

/** Why an abandoned target is not replaced by what the device runs; the first that applies is reported. */
type Obstacle = 'rejectsManifests' | 'givesUpOften' | 'failed' | 'unknown';

const TOLD: Readonly<Record<Obstacle, string>> = {
  rejectsManifests: 'a device rejects what is signed for it; nothing is desired of it',
  givesUpOften: 'a device gives up again and again what is signed for it; nothing is desired of it',
  failed: 'a device runs a version that a rollout went back from',
  unknown: 'a device gave its version up and runs none that is known; nothing is desired of it',
};

/**
 * A target that its device refused or rolled back from is never signed again. Where no rollout looks after the model there, its
 * desired state becomes what the device runs of it. Nothing is desired where it runs nothing of ours; nor of one
 * that refused the way back and runs what a rollout went back from: nobody wants a bad version. Nor of one that
 * rejects our manifests, as under another key, nor of one that gives up every target: with a stolen key it
 * could make us sign without end.
 */
@Injectable()
export class AbandonedTargets {
  constructor(
    private readonly database: DataSource,
    private readonly store: AbandonedTargetStore,
    private readonly history: RolloutHistory,
    private readonly desired: DesiredStateService,
    private readonly endings: DesiredEndings,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
    private readonly log: Log,
  ) {}

  async settle(signal: AbortSignal): Promise<void> {
    await inBatches(BATCH, signal, async () => {
      const settled = await this.database.transaction((manager) => this.settleBatch(manager));
      if (settled > 0) this.outbox.kick();
      return settled;
    });
  }

  private async settleBatch(manager: EntityManager): Promise<number> {
    const rollouts = await this.store.rollouts(manager);
    const open = await this.history.source.open(manager, rollouts);
    const ended = rollouts.filter((id) => !open.has(id));
    const targets = await this.store.lock(manager, ended, BATCH);
    const running = targets.flatMap(({ device, versionId }) => (versionId ? [{ device, versionId }] : []));
    const wentBack = await this.history.source.wentBackFrom(manager, running);
    const isWentBack = ({ device, versionId }: LockedTarget): boolean =>
      wentBack.some((one) => one.device === device && one.versionId === versionId);
    for (const target of targets) await this.settleOne(manager, target, isWentBack(target));
    return targets.length;
  }

  private async settleOne(manager: EntityManager, target: LockedTarget, wentBack: boolean): Promise<void> {
    const { device, model, fleet, policy, versionId, variant, rejectsManifests, givesUpOften, runsIt } =
      target;
    const failed = wentBack || runsIt;
    const known = versionId !== null && variant !== null ? { versionId, variant } : undefined;
    if (known && !failed && !rejectsManifests && !givesUpOften) {
      await this.desired.assign(manager, {
        ...{ fleet, model, targets: new Map([[device, known]]), rolloutId: null },
        ...{ policy: revertPolicy(policy), threshold: 'former' },
      });
    } else {
      await this.endings.clear(manager, fleet, model, [device]);
    }
    const obstacle = obstacleOf({ rejectsManifests, givesUpOften, failed, unknown: known === undefined });
    if (obstacle)
      this.log.warn(TOLD[obstacle], { device, model, ...(obstacle === 'failed' && { versionId }) });
    await this.audit.record(manager, {
      fleet,
      actor: 'trust',
      action: 'device.settle',
      subject: device,
      detail: { model, versionId, variant, failed, deaf: rejectsManifests, restless: givesUpOften },
    });
  }
}

const ORDER: readonly Obstacle[] = ['rejectsManifests', 'givesUpOften', 'failed', 'unknown'];

const obstacleOf = (found: Readonly<Record<Obstacle, boolean>>): Obstacle | undefined =>
  ORDER.find((obstacle) => found[obstacle]);
