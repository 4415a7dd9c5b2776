import { Injectable } from '@nestjs/common';
import {
  type DeviceFacts,
  type DeviceHealth,
  type DeviceLabels,
  type DeviceModelView,
  type ListQuery,
  type Page,
  type Reason,
  type DeviceView,
  type Selector,
} from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { ControlPlaneError } from '../platform/errors.js';
import { queryRows } from '../platform/http/list-page.js';
import { DeviceModels } from './device-models.js';
import { listedDeviceCondition, selectorSql } from './selector.sql.js';

/** What the API shows of a device. */
export interface DeviceRow {
  readonly id: string;
  readonly labels: DeviceLabels;
  readonly facts: DeviceFacts;
  readonly online: boolean;
  readonly last_seen_at: Date | null;
  readonly enrolled_at: Date;
  readonly enrolment_token: string;
  readonly health: DeviceHealth | null;
  readonly retired_at: Date | null;
  readonly retired_why: string | null;
  readonly replaced_at: Date | null;
  readonly pinned_key_id: string | null;
  /** By name. */
  readonly models: readonly DeviceModelView[];
  /** The one of them that was assigned first. */
  readonly first: string | null;
  /** Of a message that names no model. */
  readonly rejection: Reason | null;
  /** As the newest report says. */
  readonly streams: DeviceView['streams'];
  readonly samples: DeviceView['samples'];
}

type StoredDevice = Omit<DeviceRow, 'models' | 'first'>;

export interface DeviceListing {
  /** Of the key that signs manifests here. */
  readonly serverKeyId: string;
  /** What `where` selects from where it does not say. */
  readonly refine?: (selector: Selector) => Selector;
}

const COLUMNS = `
  d.id, d.labels, d.facts, d.online, d.last_seen_at, d.enrolled_at, d.enrolment_token, d.retired_at, d.retired_why,
  d.replaced_at,
  d.health - 'runs' AS health,
  CASE WHEN d.reported ->> 'schema' = 'hamon.reported/2' THEN nullif(d.reported -> 'rejection', 'null') END AS rejection,
  d.reported ->> 'keyId' AS pinned_key_id,
  coalesce(nullif(d.reported -> 'streams', 'null'), '[]') AS streams,
  nullif(d.reported -> 'samples', 'null') AS samples`;

/** Devices in the database. */
@Injectable()
export class DeviceStore {
  constructor(
    private readonly database: DataSource,
    private readonly models: DeviceModels,
  ) {}

  /**
   * @param database the caller's transaction, where it has one: waiting for a second connection could deadlock
   * @throws ControlPlaneError `device-not-found`
   */
  async get(
    fleet: string,
    id: string,
    database: Pick<DataSource, 'query'> = this.database,
  ): Promise<DeviceRow> {
    const sql = `SELECT ${COLUMNS} FROM devices d WHERE d.fleet = $1 AND d.id = $2`;
    const [row] = await this.withModels(database, await database.query<StoredDevice[]>(sql, [fleet, id]));
    if (!row) throw noDevice(id);
    return row;
  }

  /** @throws ControlPlaneError `device-not-found`; a retired one is found */
  async require(fleet: string, id: string): Promise<void> {
    const sql = `SELECT 1 FROM devices WHERE fleet = $1 AND id = $2`;
    const [known] = await this.database.query<unknown[]>(sql, [fleet, id]);
    if (known === undefined) throw noDevice(id);
  }

  /**
   * Serialises changes of one device.
   *
   * @throws ControlPlaneError `device-not-found`, `device-retired`
   */
  async lockPresent(manager: EntityManager, fleet: string, id: string): Promise<void> {
    const [known] = await manager.query<{ retired: boolean }[]>(
      `SELECT retired_at IS NOT NULL AS retired FROM devices WHERE id = $1 AND fleet = $2 FOR UPDATE`,
      [id, fleet],
    );
    if (known === undefined) throw noDevice(id);
    if (known.retired) throw new ControlPlaneError('device-retired', `Device "${id}" is retired.`);
  }

  /** By id. */
  async list<T>(
    fleet: string,
    query: ListQuery,
    view: (row: DeviceRow) => T,
    { serverKeyId, refine = (selector) => selector }: DeviceListing,
  ): Promise<Page<T>> {
    const list = {
      ...{ columns: COLUMNS, from: 'devices d' },
      ...{ condition: listedDeviceCondition(serverKeyId), refine },
      ...{ scope: 'd.fleet = $1', parameters: [fleet] },
      key: [{ sql: 'd.id', kind: 'text' }],
      order: 'ASC',
    } as const;
    const { rows, ...rest } = await queryRows<StoredDevice>(this.database, list, query);
    return { items: (await this.withModels(this.database, rows)).map(view), ...rest };
  }

  private async withModels(
    database: Pick<DataSource, 'query'>,
    rows: readonly StoredDevice[],
  ): Promise<DeviceRow[]> {
    const models = await this.models.of(database, rows);
    return rows.map((row) => ({ ...row, ...(models.get(row.id) ?? { models: [], first: null }) }));
  }

  /**
   * Marks the device as retired; false where it is already. Its password at an operator's broker is forgotten.
   *
   * @throws ControlPlaneError `device-not-found`
   */
  async retire(manager: EntityManager, fleet: string, id: string, why: string): Promise<boolean> {
    const [rows] = await manager.query<[unknown[], number]>(
      `UPDATE devices SET retired_at = now(), retired_why = $3, online = false, online_since = NULL,
              mqtt_password_hash = NULL
       WHERE fleet = $1 AND id = $2 AND retired_at IS NULL RETURNING id`,
      [fleet, id, why],
    );
    if (rows.length > 0) return true;
    await this.get(fleet, id);
    return false;
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

  /** Does the selector select a retired device? */
  async hasRetired(manager: EntityManager, fleet: string, selector: Selector): Promise<boolean> {
    const parameters: unknown[] = [fleet];
    const where = selectorSql(selector, parameters);
    const rows = await manager.query<unknown[]>(
      `SELECT 1 FROM devices d WHERE d.fleet = $1 AND d.retired_at IS NOT NULL AND ${where} LIMIT 1`,
      parameters,
    );
    return rows.length > 0;
  }
}

const noDevice = (id: string): ControlPlaneError =>
  new ControlPlaneError('device-not-found', `There is no device "${id}".`);
