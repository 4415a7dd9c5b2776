import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isGivenUp, type DeploymentState } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { DeviceLifecycle } from '../fleet/device-lifecycle.js';
import { DeploymentStore } from './deployment.store.js';
import { DesiredEndings } from './desired-endings.js';
import { DesiredStateService, type AssignedVariant } from './desired-state.service.js';
import { DesiredStore, type LockedDesired } from './desired.store.js';
import { RolloutHistory, type DeploymentsRollout } from './rollout-history.js';

/** Has a device switched in this state of its deployment? */
const SWITCHED: ReadonlySet<DeploymentState> = new Set(['active', 'committed']);

/** Prepares new hardware under a known id: it holds nothing yet, and is to run what the former hardware should. */
@Injectable()
export class ReplacedHardware implements OnModuleInit {
  constructor(
    private readonly store: DesiredStore,
    private readonly deployments: DeploymentStore,
    private readonly desired: DesiredStateService,
    private readonly endings: DesiredEndings,
    private readonly history: RolloutHistory,
    private readonly lifecycle: DeviceLifecycle,
  ) {}

  onModuleInit(): void {
    this.lifecycle.follow({
      replacing: (manager, { fleet, device }) => this.begin(manager, fleet, device),
      retiring: (manager, { fleet, device }) => this.endings.withdraw(manager, fleet, [device]),
    });
  }

  /** Call it while the former report is still stored. */
  private async begin(manager: EntityManager, fleet: string, device: string): Promise<void> {
    for (const row of await this.store.lockAll(manager, fleet, [device])) {
      // New hardware has nothing to remove.
      if (row.order === 'unassign') await this.endings.clearLocked(manager, [row]);
      else await this.beginModel(manager, row);
    }
  }

  /**
   * Begins the same deployment of the model once more: its rollout goes on with the new hardware. A target
   * that was given up or withdrawn is not tried again; what ran before is.
   */
  private async beginModel(manager: EntityManager, row: LockedDesired): Promise<void> {
    if (row.versionId === null || row.policy === null) return;
    const state = await this.deployments.stateOf(manager, row.deploymentId);
    const rollout = await this.rolloutOf(manager, row, row.versionId);
    if (!isAbandoned(state, rollout)) {
      if (row.deploymentId !== null) {
        await this.deployments.restart(manager, row.deploymentId, row.above + 1);
      }
      // A hold whose rollout has ended would never be lifted.
      await this.desired.signAnew(manager, [{ ...row, order: rollout?.isOpen ? row.order : null }]);
      return;
    }
    const target = rollout?.previous ?? (await this.store.runningBeside(manager, row, row.versionId));
    if (target && target.variant !== null) {
      await this.desired.replaceTarget(manager, row, target as AssignedVariant);
    } else {
      await this.endings.clearLocked(manager, [row]);
    }
  }

  private async rolloutOf(
    manager: EntityManager,
    { device, deploymentId: id }: LockedDesired,
    versionId: string,
  ): Promise<DeploymentsRollout | undefined> {
    if (id === null) return undefined;
    return this.history.source.ofDeployment(manager, { id, device, versionId });
  }
}

/**
 * The former hardware gave its target up, or the rollout that brought the target went back from it or was aborted before
 * this device had switched, as far as a retired device's state is known.
 */
function isAbandoned(state: DeploymentState | null, rollout: DeploymentsRollout | undefined): boolean {
  if (state !== null && isGivenUp(state)) return true;
  if (!rollout) return false;
  return rollout.wentBack || (rollout.isWithdrawn && state !== null && !SWITCHED.has(state));
}
