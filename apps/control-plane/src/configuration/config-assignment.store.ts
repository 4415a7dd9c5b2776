import { Injectable } from '@nestjs/common';
import {
  CONFIG_ASSIGNMENT_STATES,
  type ConfigAssignmentState,
  type ConfigReason,
  type ConfigReport,
  type ListQuery,
  type Page,
} from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { queryPage } from '../platform/http/list-page.js';
import { fieldCondition } from '../platform/http/where.js';
import type { ConfigDocument } from './check-config.js';

/** A device as a push finds it. */
export interface ConfigurableDevice {
  readonly device: string;
  readonly isAble: boolean;
  /** Of what was sent to it last; null for nothing. */
  readonly version: number | null;
  readonly config: ConfigDocument;
}

export interface AssignmentRow {
  readonly device: string;
  readonly sequence: number;
  readonly configId: string;
  readonly state: ConfigAssignmentState;
  readonly reason: ConfigReason | null;
  readonly assignedAt: Date;
  readonly reportedAt: Date | null;
}

/** With the configuration that it is of. */
export interface SentConfig extends AssignmentRow {
  readonly fleet: string;
  readonly version: number;
  readonly digest: string;
  readonly config: ConfigDocument;
  readonly trialSeconds: number;
  readonly isRetired: boolean;
}

export interface DeviceWord {
  readonly isAble: boolean;
  readonly reported: ConfigReport | null;
}

/** Configurations of a device that are kept beside the newest. */
const KEPT = 20;

const COLUMNS = `
  a.device, a.sequence::float8 AS sequence, a.config_id AS "configId", a.state, a.reason, a.issued_at AS "assignedAt",
  a.reported_at AS "reportedAt"`;

type Database = Pick<DataSource, 'query'>;

/** SQL of which configuration was sent to which device. Rows are always locked in the order of devices. */
@Injectable()
export class ConfigAssignmentStore {
  constructor(private readonly database: DataSource) {}

  /** In the order of their ids. */
  devices(database: Database, ids: readonly string[]): Promise<ConfigurableDevice[]> {
    return database.query(
      `SELECT d.id AS device, d.abilities ? 'configure' AS "isAble", c.version, c.config
       FROM known_devices d
       LEFT JOIN device_config_assignments a ON a.device = d.id AND a.state <> 'superseded'
       LEFT JOIN device_configs c ON c.id = a.config_id
       WHERE d.id = ANY ($1::text[]) ORDER BY d.id`,
      [ids],
    );
  }

  /**
   * The configuration is the newest of these devices from now on. Its sequence follows the time: a database that was
   * restored from before goes on above what its devices hold.
   */
  async assign(
    manager: EntityManager,
    configId: string,
    devices: readonly string[],
    now: Date,
  ): Promise<void> {
    await manager.query(
      `WITH former AS (
         SELECT device, sequence FROM device_config_assignments
         WHERE device = ANY ($1::text[]) AND state <> 'superseded' ORDER BY device FOR UPDATE
       )
       UPDATE device_config_assignments a SET state = 'superseded' FROM former f
       WHERE (a.device, a.sequence) = (f.device, f.sequence)`,
      [devices],
    );
    await manager.query(
      `INSERT INTO device_config_assignments (device, sequence, fleet, config_id, state, issued_at)
       SELECT n.device, greatest(
                coalesce((SELECT max(a.sequence) FROM device_config_assignments a WHERE a.device = n.device), 0) + 1,
                floor(extract(epoch FROM $3::timestamptz))),
              c.fleet, c.id, 'assigned', $3
       FROM unnest($1::text[]) AS n (device) JOIN device_configs c ON c.id = $2`,
      [devices, configId, now],
    );
    await manager.query(
      `DELETE FROM device_config_assignments a USING (
         SELECT device, sequence, row_number() OVER (PARTITION BY device ORDER BY sequence DESC) AS place
         FROM device_config_assignments WHERE device = ANY ($1::text[])
       ) o WHERE (a.device, a.sequence) = (o.device, o.sequence) AND o.place > ${KEPT + 1}`,
      [devices],
    );
  }

  /** What is to be published; the newest of each device. */
  newest(database: Database, devices: readonly string[]): Promise<SentConfig[]> {
    return this.sent(database, `a.device = ANY ($1::text[]) AND a.state <> 'superseded'`, [devices]);
  }

  /** All that is kept of a device, newest first. */
  history(device: string): Promise<SentConfig[]> {
    return this.sent(this.database, 'a.device = $1', [device]);
  }

  async pageOfDevices(after: string, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ device: string }[]>(
      `SELECT device FROM device_config_assignments
       WHERE state <> 'superseded' AND device > $1 ORDER BY device LIMIT $2`,
      [after, limit],
    );
    return rows.map(({ device }) => device);
  }

  /** The devices that a configuration was sent to, each with what became of it there. */
  page<T>(configId: string, query: ListQuery, view: (row: AssignmentRow) => T): Promise<Page<T>> {
    const newest = `NOT EXISTS (SELECT FROM device_config_assignments o
      WHERE o.config_id = a.config_id AND o.device = a.device AND o.sequence > a.sequence)`;
    const list = {
      ...{ columns: COLUMNS, from: 'device_config_assignments a' },
      ...{ scope: `a.config_id = $1 AND ${newest}`, parameters: [configId] },
      condition: fieldCondition({
        id: 'a.device',
        state: { sql: 'a.state', words: CONFIG_ASSIGNMENT_STATES },
      }),
      key: [{ sql: 'a.device', kind: 'text' }],
      order: 'ASC',
    } as const;
    return queryPage(this.database, list, query, view);
  }

  /** What devices of the fleet say of their newest configuration; answers those of which that is news. */
  follow(
    manager: EntityManager,
    fleet: string,
    told: readonly (Pick<ConfigReport, 'sequence' | 'state' | 'reason'> & { readonly device: string })[],
  ): Promise<AssignmentRow[]> {
    return changed(
      manager.query(
        `WITH told AS (
           SELECT device, sequence, state, nullif(reason, 'null') AS reason
           FROM jsonb_to_recordset($1::jsonb) AS n (device text, sequence bigint, state text, reason jsonb)
         ), news AS (
           SELECT a.device, a.sequence, n.state, n.reason
           FROM device_config_assignments a JOIN told n ON (n.device, n.sequence) = (a.device, a.sequence)
           WHERE a.fleet = $2 AND a.state NOT IN ('superseded', 'withdrawn')
             AND (a.state, a.reason) IS DISTINCT FROM (n.state, n.reason)
           ORDER BY a.device FOR UPDATE OF a
         )
         UPDATE device_config_assignments a SET state = n.state, reason = n.reason, reported_at = now()
         FROM news n WHERE (a.device, a.sequence) = (n.device, n.sequence) RETURNING ${COLUMNS}`,
        [JSON.stringify(told), fleet],
      ),
    );
  }

  /**
   * Devices that hold a later sequence than the one that is published: this database was restored from before. Nothing
   * proves what they say; so it counts only where a later time makes it plausible, and not again at once.
   */
  ahead(
    manager: EntityManager,
    fleet: string,
    told: readonly { readonly device: string; readonly sequence: number }[],
  ): Promise<{ device: string; configId: string }[]> {
    return manager.query(
      `SELECT a.device, a.config_id AS "configId"
       FROM jsonb_to_recordset($1::jsonb) AS n (device text, sequence bigint)
       JOIN device_config_assignments a ON a.device = n.device AND a.state <> 'superseded'
       WHERE a.fleet = $2 AND n.sequence > a.sequence AND n.sequence < extract(epoch FROM now())
         AND a.issued_at < now() - interval '10 minutes'`,
      [JSON.stringify(told), fleet],
    );
  }

  /** Nothing is published any longer to a device that is gone. */
  async withdraw(manager: EntityManager, device: string): Promise<void> {
    await manager.query(
      `UPDATE device_config_assignments SET state = 'withdrawn' WHERE device = $1 AND state <> 'superseded'`,
      [device],
    );
  }

  async wordOf(device: string): Promise<DeviceWord | undefined> {
    const [row] = await this.database.query<DeviceWord[]>(
      `SELECT abilities ? 'configure' AS "isAble", configuration AS reported FROM known_devices WHERE id = $1`,
      [device],
    );
    return row;
  }

  private sent(database: Database, where: string, parameters: unknown[]): Promise<SentConfig[]> {
    return database.query(
      `SELECT ${COLUMNS}, a.fleet, c.version, c.digest, c.config, c.trial_seconds AS "trialSeconds",
              d.retired_at IS NOT NULL AS "isRetired"
       FROM device_config_assignments a
       JOIN device_configs c ON c.id = a.config_id JOIN known_devices d ON d.id = a.device
       WHERE ${where} ORDER BY a.device, a.sequence DESC`,
      parameters,
    );
  }
}

/** The rows of a statement that changes them; the driver answers their number beside them. */
const changed = async (answer: Promise<[AssignmentRow[], number]>): Promise<AssignmentRow[]> =>
  (await answer)[0];
