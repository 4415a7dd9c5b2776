import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { deviceTopic, encodeMessage, type GeneralJws } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { boundedParallel } from './bounded-parallel.js';
import { BrokerConnection } from './broker-connection.js';
import { Outbox } from './outbox.js';

const POLL_MS = 250;
const BATCH = 200;
const WINDOW = 32;
/** First key of the advisory locks, one per device. */
const DEVICE_LOCK = 7_240_111;

interface DesiredRow {
  readonly device: string;
  readonly fleet: string;
  readonly jws: GeneralJws | null;
}

/** Publishes what the outbox announces, at least once, always the newest desired state of a device. */
@Injectable()
export class OutboxPublisher implements OnApplicationBootstrap, OnModuleDestroy {
  #periodic: Periodic | undefined;
  /** Stays until it is done: the database may be away in the very moment in which the broker comes back. */
  #announceDue = false;

  constructor(
    private readonly database: DataSource,
    private readonly connection: BrokerConnection,
    private readonly outbox: Outbox,
    private readonly log: Log,
  ) {
    // Retained messages are a cache of the database: after each connect everything is announced again.
    connection.onConnect(() => {
      this.#announceDue = true;
      this.#periodic?.kick();
    });
  }

  onApplicationBootstrap(): void {
    this.#periodic = startPeriodic(
      'publishing desired states',
      POLL_MS,
      (signal) => this.#drain(signal),
      this.log,
    );
    this.outbox.onKick(() => this.#periodic?.kick());
  }

  async onModuleDestroy(): Promise<void> {
    await this.#periodic?.stop();
  }

  /** In turn with the publishing: a row that was published to the former broker is gone by then, and made anew. */
  async #announceAll(): Promise<void> {
    if (!this.#announceDue) return;
    // Before the statement: another connect meanwhile makes it due again.
    this.#announceDue = false;
    try {
      await this.database.query(
        `INSERT INTO outbox (kind, key)
         SELECT 'desired', d.device FROM device_desired d
         WHERE d.sequence > 0
           AND NOT EXISTS (SELECT FROM outbox o WHERE o.kind = 'desired' AND o.key = d.device)`,
      );
    } catch (cause) {
      this.#announceDue = true;
      throw cause;
    }
  }

  async #drain(signal: AbortSignal): Promise<void> {
    while (this.connection.ready && !signal.aborted) {
      await this.#announceAll();
      const published = await this.database.transaction((manager) => this.#publishBatch(manager));
      if (published < BATCH) return;
    }
  }

  /** Rows are deleted only with the broker's acknowledgement: a crash before the commit publishes again. */
  async #publishBatch(manager: EntityManager): Promise<number> {
    const rows = await manager.query<{ id: string; key: string }[]>(
      `SELECT id, key FROM outbox WHERE kind = 'desired' AND available_at <= now()
       ORDER BY available_at, id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
    );
    if (rows.length === 0) return 0;
    // Two publishers with two rows of one device could otherwise publish the older state last.
    const mine = await manager.query<{ device: string }[]>(
      `SELECT device FROM (SELECT DISTINCT unnest($1::text[]) AS device) AS asked
       WHERE pg_try_advisory_xact_lock(${DEVICE_LOCK}, hashtext(device))`,
      [rows.map(({ key }) => key)],
    );
    const devices = new Set(mine.map(({ device }) => device));
    const desired = await manager.query<DesiredRow[]>(
      `SELECT w.device, w.fleet, CASE WHEN d.retired_at IS NULL THEN w.jws END AS jws
       FROM device_desired w JOIN devices d ON d.id = w.device WHERE w.device = ANY ($1::text[])`,
      [[...devices]],
    );
    await boundedParallel(desired, WINDOW, ({ fleet, device, jws }) =>
      this.connection.publish(
        deviceTopic('desired', fleet, device),
        jws ? encodeMessage('desired', jws) : '',
        true,
      ),
    );
    const done = rows.filter(({ key }) => devices.has(key)).map(({ id }) => id);
    await manager.query(`DELETE FROM outbox WHERE id = ANY ($1::bigint[])`, [done]);
    return rows.length;
  }
}
