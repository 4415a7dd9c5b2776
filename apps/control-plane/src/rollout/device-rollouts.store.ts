import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  RolloutHistory,
  type DeploymentsRollout,
  type DeviceVersion,
  type RolloutHistorySource,
} from '../trust/rollout-history.js';

/** SQL of what rollouts did with devices. */
@Injectable()
export class DeviceRolloutsStore implements RolloutHistorySource, OnModuleInit {
  constructor(private readonly history: RolloutHistory) {}

  onModuleInit(): void {
    this.history.readFrom(this);
  }

  async open(manager: EntityManager, rollouts: readonly string[]): Promise<ReadonlySet<string>> {
    if (rollouts.length === 0) return new Set();
    const rows = await manager.query<{ id: string }[]>(
      `SELECT id FROM rollouts WHERE id = ANY ($1::uuid[]) AND ended_at IS NULL`,
      [rollouts],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async wentBackFrom(
    manager: EntityManager,
    pairs: readonly DeviceVersion[],
  ): Promise<readonly DeviceVersion[]> {
    if (pairs.length === 0) return [];
    return manager.query(
      `SELECT asked.device, asked.version_id AS "versionId" FROM unnest($1::text[], $2::uuid[]) AS asked (device, version_id)
       JOIN LATERAL (
         SELECT r.status ->> 'rollback' IS NOT NULL AS went_back
         FROM rollouts r JOIN rollout_members m ON m.rollout_id = r.id AND m.device = asked.device
         WHERE r.version_id = asked.version_id AND m.deployment_id IS NOT NULL AND r.ended_at IS NOT NULL
         ORDER BY r.ended_at DESC LIMIT 1
       ) last ON last.went_back`,
      [pairs.map(({ device }) => device), pairs.map(({ versionId }) => versionId)],
    );
  }

  async ofDeployment(
    manager: EntityManager,
    { id, device, versionId }: Parameters<RolloutHistorySource['ofDeployment']>[1],
  ): Promise<DeploymentsRollout | undefined> {
    const [row] = await manager.query<
      (Omit<DeploymentsRollout, 'previous'> & {
        previousVersionId: string | null;
        previousVariant: string | null;
      })[]
    >(
      `SELECT r.ended_at IS NULL AS "isOpen", r.status ->> 'rollback' IS NOT NULL AS "wentBack",
              r.status ->> 'withdrawal' IS NOT NULL AS "isWithdrawn",
              m.previous_version_id AS "previousVersionId", m.previous_variant AS "previousVariant"
       FROM rollouts r JOIN rollout_members m ON m.rollout_id = r.id AND m.device = $2
       WHERE r.version_id = $3 AND m.deployment_id = $1 LIMIT 1`,
      [id, device, versionId],
    );
    if (!row) return undefined;
    const { previousVersionId, previousVariant: variant, ...rollout } = row;
    return {
      ...rollout,
      previous: previousVersionId === null ? null : { versionId: previousVersionId, variant },
    };
  }
}
