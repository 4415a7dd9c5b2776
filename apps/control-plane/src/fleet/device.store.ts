import { Injectable } from '@nestjs/common';
import {
  parseSelector,
  type DeviceFacts,
  type DeviceLabels,
  type ReportedState,
  type RunningVersion,
  type Selector,
} from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { ControlPlaneError } from '../platform/errors.js';
import { selectorSql } from './selector.sql.js';

/** What the API shows of a device, as the database has it. */
export interface DeviceRow {
  readonly id: string;
  readonly labels: DeviceLabels;
  readonly facts: DeviceFacts;
  readonly online: boolean;
  readonly last_seen_at: Date | null;
  readonly enrolled_at: Date;
  readonly current: RunningVersion | null;
  readonly deployment: ReportedState['deployment'];
  readonly rejection: ReportedState['rejection'];
  readonly desired: RunningVersion | null;
}

const COLUMNS = `
  d.id, d.labels, d.facts, d.online, d.last_seen_at, d.enrolled_at,
  nullif(d.reported #> '{slots,current}', 'null') AS current,
  nullif(d.reported -> 'deployment', 'null') AS deployment,
  nullif(d.reported -> 'rejection', 'null') AS rejection,
  CASE WHEN v.id IS NOT NULL THEN jsonb_build_object(
    'model', v.model, 'version', v.version, 'variant', w.variant, 'bundle', w.bundle_sha256, 'sequence', w.sequence)
  END AS desired
FROM devices d
LEFT JOIN device_desired w ON w.device = d.id
LEFT JOIN versions v ON v.id = w.version_id`;

/** A selector expression from outside, or a problem that names the rule. */
export function readSelector(expression: string): Selector {
  const parsed = parseSelector(expression);
  if (parsed.ok) return parsed.value;
  const errors = [{ field: 'where', rule: parsed.error }];
  throw new ControlPlaneError('invalid-request', `where: ${parsed.error}`, { errors });
}

/** Devices in the database. */
@Injectable()
export class DeviceStore {
  constructor(private readonly database: DataSource) {}

  /** @throws ControlPlaneError `device-not-found` */
  async get(fleet: string, id: string): Promise<DeviceRow> {
    const sql = `SELECT ${COLUMNS} WHERE d.fleet = $1 AND d.id = $2`;
    const [row] = await this.database.query<DeviceRow[]>(sql, [fleet, id]);
    if (!row) throw new ControlPlaneError('device-not-found', `There is no device "${id}".`);
    return row;
  }

  /** By id, from behind `after`. */
  async list(fleet: string, selector: Selector, after: string, limit: number): Promise<DeviceRow[]> {
    const parameters: unknown[] = [fleet, after, limit];
    const where = selectorSql(selector, parameters);
    return this.database.query(
      `SELECT ${COLUMNS} WHERE d.fleet = $1 AND d.id > $2 AND ${where} ORDER BY d.id LIMIT $3`,
      parameters,
    );
  }

  /** The ids of all devices that a selector selects and that are not retired. */
  async select(manager: EntityManager, fleet: string, selector: Selector): Promise<string[]> {
    const parameters: unknown[] = [fleet];
    const where = selectorSql(selector, parameters);
    const rows = await manager.query<{ id: string }[]>(
      `SELECT d.id FROM devices d WHERE d.fleet = $1 AND d.retired_at IS NULL AND ${where} ORDER BY d.id`,
      parameters,
    );
    return rows.map(({ id }) => id);
  }
}
