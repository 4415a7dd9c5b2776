import { Injectable } from '@nestjs/common';
import { isTerminal, type ModelReport, type ReportedState } from '@hamon/contracts';
import { documentDigest } from '@hamon/trust';
import type { EntityManager } from 'typeorm';
import type { DeviceModel } from '../messaging/outbox.js';
import { PeerReports } from '../messaging/peer-reports.js';
import { DesiredEndings } from './desired-endings.js';
import {
  DeploymentStore,
  type DeploymentChange,
  type FollowedDeployment,
  type PublishedManifest,
} from './deployment.store.js';
import { progressOf, type Progress } from './deployment-progress.js';
import { refusalOf } from './manifest-refusal.js';
import { ProvenSequence } from './proven-sequence.js';
import { RemovedModelStore } from './removed-model.store.js';

/** Advances deployments, and ends orders to remove models, by what devices report. */
@Injectable()
export class DeploymentTracker {
  constructor(
    private readonly store: DeploymentStore,
    private readonly removed: RemovedModelStore,
    private readonly endings: DesiredEndings,
    private readonly proven: ProvenSequence,
    private readonly reports: PeerReports,
  ) {}

  /** Answers how many deployments moved. */
  async follow(
    manager: EntityManager,
    fleet: string,
    reports: ReadonlyMap<string, ReportedState>,
  ): Promise<number> {
    await this.endOrders(manager, fleet, reports);
    const followed = await this.store.lockFollowed(
      manager,
      await this.store.open(manager, [...reports.keys()]),
    );
    const told = followed.flatMap((deployment) => {
      const reported = reportOf(reports.get(deployment.device), deployment.model);
      const isNews =
        reported && (progressOf(deployment, reported) !== undefined || isNotReached(deployment, reported));
      return isNews ? [{ deployment, reported }] : [];
    });
    if (told.length === 0) return 0;
    const published = await this.store.published(
      manager,
      told.map(({ deployment }) => deployment),
    );
    const newestOf = new Map(published.map((manifest) => [keyOf(manifest), manifest]));
    const changes: DeploymentChange[] = [];
    for (const { deployment, reported } of told) {
      const progress = await this.judge(fleet, deployment, reported, newestOf.get(keyOf(deployment)));
      if (progress) changes.push({ id: deployment.id, ...progress, ended: isTerminal(progress.state) });
    }
    await this.store.change(manager, changes);
    return changes.length;
  }

  private async judge(
    fleet: string,
    deployment: FollowedDeployment,
    reported: ModelReport,
    newest: PublishedManifest | undefined,
  ): Promise<Progress | undefined> {
    if (progressOf(deployment, reported)) {
      const highestSequence = await this.proven.of(fleet, deployment, reported.proof, newest);
      const progress = progressOf(deployment, { ...reported, highestSequence });
      if (progress) return progress;
      const detail = 'reports on a deployment without proof of its manifest';
      this.reports.dropped('deployment-claim', deployment.device, detail);
    }
    const isOurs = newest?.deploymentId === deployment.id;
    return refusalOf(deployment, isOurs ? documentDigest(newest.jws) : undefined, reported);
  }

  /** An order to remove a model is over once the device proves that it took it, and has nothing of the model. */
  private async endOrders(
    manager: EntityManager,
    fleet: string,
    reports: ReadonlyMap<string, ReportedState>,
  ): Promise<void> {
    const done: DeviceModel[] = [];
    for (const order of await this.removed.ordered(manager, [...reports.keys()])) {
      const own = reports.get(order.device)?.models.find(({ model }) => model === order.model);
      if (!own || !isEmpty(own)) continue;
      const sequence = await this.proven.of(fleet, order, own.proof, order);
      if ((sequence ?? 0) >= order.sequence) done.push(order);
    }
    if (done.length > 0) await this.endings.removed(manager, fleet, done);
  }
}

const keyOf = ({ device, model }: DeviceModel): string => `${device}/${model}`;

const isEmpty = ({ slots, deployment }: ModelReport): boolean =>
  slots.current === null && slots.previous === null && slots.candidate === null && deployment === null;

/** What is said of one model; a device that knows none yet may have rejected the first manifest of this one. */
function reportOf(report: ReportedState | undefined, model: string): ModelReport | undefined {
  const own = report?.models.find((one) => one.model === model);
  if (own || !report?.rejected) return own;
  return {
    ...{ model, slots: { current: null, previous: null, candidate: null }, deployment: null },
    ...{ rejection: report.rejection, rejected: report.rejected, highestSequence: null, proof: null },
  };
}

/** The device rejects something, and may never have heard anything else of this deployment. */
const isNotReached = ({ state }: FollowedDeployment, { rejected }: ModelReport): boolean =>
  state === 'assigned' && !!rejected;
