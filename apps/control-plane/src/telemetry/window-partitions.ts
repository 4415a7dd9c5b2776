import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';

const CHECK_MS = 3_600_000;
const DAY_MS = 86_400_000;
const DAYS_AHEAD = 3;
const LOCK = 7_240_113;

/**
 * One partition of windows per day: made ahead, dropped whole after HAMON_TELEMETRY_DAYS. Device events are deleted at the
 * same age, row by row: they are few, but nothing else bounds what a device may send.
 */
@Injectable()
export class WindowPartitions implements OnModuleInit, OnModuleDestroy {
  private periodic: Periodic | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly config: Config,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.maintain(this.clock.now());
    this.periodic = startPeriodic(
      'window partitions',
      CHECK_MS,
      () => this.maintain(this.clock.now()),
      this.log,
    );
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic?.stop();
  }

  async maintain(now: Date): Promise<void> {
    const runner = this.database.createQueryRunner();
    try {
      await runner.connect();
      // Replicas take turns: two that create the same partition at once would fail.
      await runner.query(`SELECT pg_advisory_lock(${LOCK})`);
      try {
        await createAhead(runner, now);
        await dropOld(runner, new Date(now.getTime() - this.config.telemetryDays * DAY_MS));
      } finally {
        await runner.query(`SELECT pg_advisory_unlock(${LOCK})`);
      }
    } finally {
      await runner.release();
    }
  }
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
const partitionOf = (day: string): string => `windows_${day.replaceAll('-', '')}`;

async function existing(runner: QueryRunner): Promise<Set<string>> {
  const rows = (await runner.query(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'windows'::regclass`,
  )) as { name: string }[];
  return new Set(rows.map(({ name }) => name));
}

async function createAhead(runner: QueryRunner, now: Date): Promise<void> {
  const known = await existing(runner);
  for (let i = 0; i <= DAYS_AHEAD; i++) {
    const day = dayOf(now.getTime() + i * DAY_MS);
    if (known.has(partitionOf(day))) continue;
    const next = dayOf(now.getTime() + (i + 1) * DAY_MS);
    // Rows of this day are in the default partition where none was made in time; they are moved.
    await runner.startTransaction();
    try {
      const range = `started_at >= '${day}T00:00:00Z' AND started_at < '${next}T00:00:00Z'`;
      await runner.query(`LOCK TABLE windows IN SHARE ROW EXCLUSIVE MODE`);
      await runner.query(
        `CREATE TEMP TABLE moving ON COMMIT DROP AS SELECT * FROM windows_default WHERE ${range}`,
      );
      await runner.query(`DELETE FROM windows_default WHERE ${range}`);
      await runner.query(
        `CREATE TABLE ${partitionOf(day)} PARTITION OF windows
         FOR VALUES FROM ('${day}T00:00:00Z') TO ('${next}T00:00:00Z')`,
      );
      await runner.query(`INSERT INTO windows SELECT * FROM moving`);
      await runner.commitTransaction();
    } catch (cause) {
      await runner.rollbackTransaction();
      throw cause;
    }
  }
}

async function dropOld(runner: QueryRunner, before: Date): Promise<void> {
  const oldest = partitionOf(dayOf(before.getTime()));
  for (const name of await existing(runner)) {
    if (/^windows_\d{8}$/.test(name) && name < oldest) await runner.query(`DROP TABLE ${name}`);
  }
  await runner.query(`DELETE FROM windows_default WHERE started_at < $1`, [before]);
  await runner.query(`DELETE FROM device_events WHERE received_at < $1`, [before]);
}
