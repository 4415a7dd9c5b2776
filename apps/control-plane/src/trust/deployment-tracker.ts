import { Injectable } from '@nestjs/common';
import { isTerminal, type ReportedState } from '@hamon/contracts';
import { documentDigest, isSameDocument, verifyManifest } from '@hamon/trust';
import type { EntityManager } from 'typeorm';
import { PeerReports } from '../messaging/peer-reports.js';
import {
  DeploymentStore,
  type DeploymentChange,
  type FollowedDeployment,
  type PublishedManifest,
} from './deployment.store.js';
import { progressOf, type Progress } from './deployment-progress.js';
import { ManifestKey } from '../platform/keys/manifest-key.js';
import { refusalOf } from './manifest-refusal.js';

/** Advances deployments by what their devices report. */
@Injectable()
export class DeploymentTracker {
  constructor(
    private readonly store: DeploymentStore,
    private readonly key: ManifestKey,
    private readonly reports: PeerReports,
  ) {}

  /** Answers how many deployments moved. */
  async follow(
    manager: EntityManager,
    fleet: string,
    reports: ReadonlyMap<string, ReportedState>,
  ): Promise<number> {
    const followed = await this.store.lockFollowed(manager, [...reports.keys()]);
    const told = followed.flatMap((deployment) => {
      const reported = reports.get(deployment.device);
      const isNews =
        reported && (progressOf(deployment, reported) !== undefined || isNotReached(deployment, reported));
      return isNews ? [{ deployment, reported }] : [];
    });
    if (told.length === 0) return 0;
    const devices = told.map(({ deployment }) => deployment.device);
    const published = await this.store.published(manager, devices);
    const changes: DeploymentChange[] = [];
    for (const { deployment, reported } of told) {
      const newest = published.get(deployment.device);
      const progress = await this.judge(fleet, deployment, reported, newest);
      if (progress) changes.push({ id: deployment.id, ...progress, ended: isTerminal(progress.state) });
    }
    await this.store.change(manager, changes);
    return changes.length;
  }

  private async judge(
    fleet: string,
    deployment: FollowedDeployment,
    reported: ReportedState,
    newest: PublishedManifest | undefined,
  ): Promise<Progress | undefined> {
    if (progressOf(deployment, reported)) {
      const highestSequence = await this.provenSequence(fleet, deployment.device, reported, newest);
      const progress = progressOf(deployment, { ...reported, highestSequence });
      if (progress) return progress;
      const detail = 'reports on a deployment without proof of its manifest';
      this.reports.dropped('deployment-claim', deployment.device, detail);
    }
    const isOurs = newest?.deploymentId === deployment.id;
    return refusalOf(deployment, isOurs ? documentDigest(newest.jws) : undefined, reported);
  }

  /** The sequence of the manifest that the device proves, where it is ours and for it; null where it proves none. */
  private async provenSequence(
    fleet: string,
    device: string,
    { proof }: ReportedState,
    newest: PublishedManifest | undefined,
  ): Promise<number | null> {
    if (proof === null) return null;
    // The usual case needs no verified signature: we stored the same manifest.
    if (newest && isSameDocument(proof, newest.jws)) return newest.sequence;
    const verified = await verifyManifest(proof, this.key.publicJwk(), { fleet, device, now: 'any-time' });
    return verified.ok ? verified.value.sequence : null;
  }
}

/** The device rejects something, and may never have heard anything else of this deployment. */
const isNotReached = ({ state }: FollowedDeployment, { rejected }: ReportedState): boolean =>
  state === 'assigned' && !!rejected;
