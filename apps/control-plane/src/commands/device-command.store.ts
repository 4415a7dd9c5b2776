import { Injectable } from '@nestjs/common';
import {
  COMMAND_KINDS,
  COMMAND_STATES,
  type CommandReason,
  type CommandState,
  type CommandView,
  type GeneralJws,
  type ListQuery,
  type Page,
} from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { queryPage } from '../platform/http/list-page.js';
import { fieldCondition } from '../platform/http/where.js';
import type { CommandSource, UntoldCommand } from './command-sources.js';

export interface CommandRow {
  readonly id: string;
  readonly fleet: string;
  readonly device: string;
  readonly kind: CommandView['kind'];
  readonly state: CommandState;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  readonly reason: CommandReason | null;
  readonly lines: readonly string[] | null;
}

export interface NewCommand extends Pick<
  CommandRow,
  'id' | 'fleet' | 'device' | 'kind' | 'requestedAt' | 'expiresAt'
> {
  readonly issuedAt: Date;
  readonly jws: GeneralJws;
}

/** What stands between a command and the device. */
export interface CommandStanding {
  readonly issuedAt: Date | null;
  /** Of the same kind. */
  readonly open: string | null;
  readonly isAble: boolean;
}

/** Commands of a device that are kept; the oldest go first. */
const KEPT = 20;
/** A log may say more of a site than anybody needs to keep. */
const LINES_KEPT = '1 day';

const COLUMNS = `
  c.id, c.fleet, c.device, c.kind, c.state, c.requested_at AS "requestedAt", c.expires_at AS "expiresAt",
  c.ended_at AS "endedAt", c.reason, c.lines`;

/** SQL of what is asked of devices at once. */
@Injectable()
export class DeviceCommandStore implements CommandSource {
  constructor(private readonly database: DataSource) {}

  async find(fleet: string, id: string): Promise<CommandRow | undefined> {
    const [row] = await this.database.query<CommandRow[]>(
      `SELECT ${COLUMNS} FROM device_commands c WHERE c.id = $1 AND c.fleet = $2`,
      [id, fleet],
    );
    return row;
  }

  /** Newest first. */
  page<T>(device: string, query: ListQuery, view: (row: CommandRow) => T): Promise<Page<T>> {
    const list = {
      ...{ columns: COLUMNS, from: 'device_commands c', scope: 'c.device = $1', parameters: [device] },
      condition: fieldCondition({
        id: 'c.id::text',
        kind: { sql: 'c.kind', words: COMMAND_KINDS },
        state: { sql: 'c.state', words: COMMAND_STATES },
      }),
      key: [
        { sql: 'c.requested_at', kind: 'timestamp' },
        { sql: 'c.id', kind: 'uuid' },
      ],
      order: 'DESC',
    } as const;
    return queryPage(this.database, list, query, view);
  }

  /** The device's row must be locked. */
  async standing(manager: EntityManager, device: string, kind: string): Promise<CommandStanding | undefined> {
    const [row] = await manager.query<CommandStanding[]>(
      `SELECT max(c.issued_at) AS "issuedAt", max(c.id::text) FILTER (WHERE c.ended_at IS NULL AND c.kind = $2) AS open,
              d.abilities ? $2::text AS "isAble"
       FROM known_devices d LEFT JOIN device_commands c ON c.device = d.id WHERE d.id = $1 GROUP BY d.abilities`,
      [device, kind],
    );
    return row;
  }

  async insert(manager: EntityManager, added: NewCommand): Promise<void> {
    await manager.query(
      `INSERT INTO device_commands (id, fleet, device, kind, state, requested_at, issued_at, expires_at, jws)
       VALUES ($1, $2, $3, $4, 'requested', $5, $6, $7, $8)`,
      [
        ...[added.id, added.fleet, added.device, added.kind],
        ...[added.requestedAt, added.issuedAt, added.expiresAt, JSON.stringify(added.jws)],
      ],
    );
    await manager.query(
      `DELETE FROM device_commands WHERE device = $1 AND ended_at IS NOT NULL AND id NOT IN (
         SELECT id FROM device_commands WHERE device = $1 ORDER BY requested_at DESC LIMIT ${KEPT})`,
      [added.device],
    );
  }

  async lock(manager: EntityManager, id: string): Promise<CommandRow | undefined> {
    const [row] = await manager.query<CommandRow[]>(
      `SELECT ${COLUMNS} FROM device_commands c WHERE c.id = $1 FOR UPDATE`,
      [id],
    );
    return row;
  }

  async accept(manager: EntityManager, id: string): Promise<void> {
    await manager.query(`UPDATE device_commands SET state = 'accepted' WHERE id = $1 AND ended_at IS NULL`, [
      id,
    ]);
  }

  async end(
    manager: EntityManager,
    id: string,
    state: Exclude<CommandState, 'requested' | 'accepted'>,
    { reason = null, lines = null }: Partial<Pick<CommandRow, 'reason' | 'lines'>> = {},
  ): Promise<void> {
    await manager.query(
      `UPDATE device_commands SET state = $2, ended_at = now(), reason = $3, lines = $4, jws = NULL
       WHERE id = $1 AND ended_at IS NULL`,
      [id, state, reason && JSON.stringify(reason), lines && JSON.stringify(lines)],
    );
  }

  /** Ends what is open on a device that is gone. */
  async endOf(manager: EntityManager, device: string): Promise<void> {
    await manager.query(
      `UPDATE device_commands SET state = 'cancelled', ended_at = now(), jws = NULL
       WHERE device = $1 AND ended_at IS NULL`,
      [device],
    );
  }

  /** Those whose devices did not come, or never said how it ended. */
  async lockOverdue(manager: EntityManager, limit: number): Promise<CommandRow[]> {
    return manager.query(
      `SELECT ${COLUMNS} FROM device_commands c WHERE c.ended_at IS NULL AND c.expires_at <= now()
       ORDER BY c.expires_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
      [limit],
    );
  }

  async forgetLines(): Promise<void> {
    await this.database.query(
      `UPDATE device_commands SET lines = NULL WHERE lines IS NOT NULL AND ended_at < now() - interval '${LINES_KEPT}'`,
    );
  }

  async lockUntold(manager: EntityManager, againSeconds: number, limit: number): Promise<UntoldCommand[]> {
    return manager.query(
      `SELECT c.id, c.fleet, c.device, c.jws, d.connection
       FROM device_commands c JOIN known_devices d ON d.id = c.device
       WHERE c.jws IS NOT NULL AND c.expires_at > now() AND d.online AND d.retired_at IS NULL
         AND (c.told_at IS NULL OR c.told_connection IS DISTINCT FROM d.connection
              OR c.told_at < now() - make_interval(secs => $1))
       ORDER BY c.issued_at LIMIT $2 FOR UPDATE OF c SKIP LOCKED`,
      [againSeconds, limit],
    );
  }

  async markTold(manager: EntityManager, told: readonly UntoldCommand[]): Promise<void> {
    await manager.query(
      `UPDATE device_commands c SET told_at = now(), told_connection = n.connection
       FROM jsonb_to_recordset($1::jsonb) AS n (id uuid, connection uuid) WHERE c.id = n.id`,
      [JSON.stringify(told.map(({ id, connection }) => ({ id, connection })))],
    );
  }
}
