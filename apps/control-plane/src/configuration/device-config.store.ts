import { Injectable } from '@nestjs/common';
import type { ConfigAssignmentState, ListQuery, Page } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { queryPage } from '../platform/http/list-page.js';
import { fieldCondition } from '../platform/http/where.js';
import type { ConfigDocument } from './check-config.js';

export interface ConfigRow {
  readonly id: string;
  readonly fleet: string;
  readonly version: number;
  readonly selector: string;
  readonly config: ConfigDocument;
  readonly digest: string;
  readonly trialSeconds: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly devices: Partial<Record<ConfigAssignmentState, number>>;
}

export type NewConfig = Omit<ConfigRow, 'version' | 'devices'>;

/** A device counts once, also where the same configuration was signed for it again. */
const COLUMNS = `
  c.id, c.fleet, c.version, c.selector, c.config, c.digest, c.trial_seconds AS "trialSeconds",
  c.created_at AS "createdAt", c.created_by AS "createdBy",
  coalesce((SELECT jsonb_object_agg(n.state, n.devices) FROM (
    SELECT w.state, count(*)::int AS devices FROM (
      SELECT DISTINCT ON (a.device) a.state FROM device_config_assignments a
      WHERE a.config_id = c.id ORDER BY a.device, a.sequence DESC
    ) w GROUP BY w.state
  ) n), '{}') AS devices`;

/** SQL of the configurations that were sent. */
@Injectable()
export class DeviceConfigStore {
  constructor(private readonly database: DataSource) {}

  async find(fleet: string, id: string): Promise<ConfigRow | undefined> {
    const [row] = await this.database.query<ConfigRow[]>(
      `SELECT ${COLUMNS} FROM device_configs c WHERE c.id = $1 AND c.fleet = $2`,
      [id, fleet],
    );
    return row;
  }

  /** Newest first. */
  page<T>(fleet: string, query: ListQuery, view: (row: ConfigRow) => T): Promise<Page<T>> {
    const list = {
      ...{ columns: COLUMNS, from: 'device_configs c', scope: 'c.fleet = $1', parameters: [fleet] },
      condition: fieldCondition({ id: 'c.id::text', version: 'c.version::text', by: 'c.created_by' }),
      key: [{ sql: 'c.version', kind: 'integer' }],
      order: 'DESC',
    } as const;
    return queryPage(this.database, list, query, view);
  }

  /** Two pushes of a fleet take turns: the later one sees what the earlier one has sent. */
  async lockFleet(manager: EntityManager, fleet: string): Promise<void> {
    await manager.query(`SELECT pg_advisory_xact_lock(hashtext('device_configs'), hashtext($1))`, [fleet]);
  }

  async insert(manager: EntityManager, added: NewConfig): Promise<void> {
    await manager.query(
      `INSERT INTO device_configs (id, fleet, version, selector, config, digest, trial_seconds, created_at, created_by)
       SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7, $8 FROM device_configs WHERE fleet = $2`,
      [
        ...[added.id, added.fleet, added.selector],
        added.config && JSON.stringify(added.config),
        ...[added.digest, added.trialSeconds, added.createdAt, added.createdBy],
      ],
    );
  }
}
