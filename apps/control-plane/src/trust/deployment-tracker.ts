import { Injectable } from '@nestjs/common';
import { isTerminal, type ReportedState } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { DeploymentStore, type DeploymentChange } from './deployment.store.js';
import { progressOf } from './deployment-progress.js';

/** Moves deployments on by what their devices report. */
@Injectable()
export class DeploymentTracker {
  constructor(private readonly store: DeploymentStore) {}

  /** Answers how many deployments moved. */
  async follow(manager: EntityManager, reports: ReadonlyMap<string, ReportedState>): Promise<number> {
    const followed = await this.store.lockFollowed(manager, [...reports.keys()]);
    const changes: DeploymentChange[] = [];
    for (const deployment of followed) {
      const reported = reports.get(deployment.device);
      const progress = reported && progressOf(deployment, reported);
      if (progress) changes.push({ id: deployment.id, ...progress, ended: isTerminal(progress.state) });
    }
    await this.store.change(manager, changes);
    return changes.length;
  }
}
