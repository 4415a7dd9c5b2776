import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { must } from '../platform/errors.js';

/** The rollout that brought a deployment to its device. */
export interface DeploymentsRollout {
  readonly isOpen: boolean;
  /** It sends its devices back, or has done so. */
  readonly wentBack: boolean;
  /** It was aborted: devices that had not switched stay as they are. */
  readonly isWithdrawn: boolean;
  /** What it would send the device back to. */
  readonly previous: { readonly versionId: string; readonly variant: string | null } | null;
}

export interface DeviceVersion {
  readonly device: string;
  readonly versionId: string;
}

export interface RolloutHistorySource {
  /** Those of the rollouts that have not ended. */
  open(manager: EntityManager, rollouts: readonly string[]): Promise<ReadonlySet<string>>;
  /** Those of the pairs where the device's last ended rollout to the version went back from it. */
  wentBackFrom(manager: EntityManager, pairs: readonly DeviceVersion[]): Promise<readonly DeviceVersion[]>;
  ofDeployment(
    manager: EntityManager,
    deployment: { readonly id: string; readonly device: string; readonly versionId: string },
  ): Promise<DeploymentsRollout | undefined>;
}

/** What rollouts did with devices. The capability that owns them registers the source before the application starts. */
@Injectable()
export class RolloutHistory {
  private known: RolloutHistorySource | undefined;

  readFrom(source: RolloutHistorySource): void {
    this.known = source;
  }

  get source(): RolloutHistorySource {
    return must(this.known, 'a source of the rollouts of devices');
  }
}
