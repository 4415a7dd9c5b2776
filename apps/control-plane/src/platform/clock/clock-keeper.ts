import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import pg from 'pg';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { Log } from '../log.js';
import { Metrics } from '../metrics/metrics.js';
import { startPeriodic, type Periodic } from '../periodic.js';
import { Clock, clockWarning, readClock, type ClockReading } from './clock.js';

const LOOK_MS = 60_000;
const ASK = `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`;

/** Reads the clock at the start, before anything uses it. */
export async function openClock(databaseUrl: string, log: Log): Promise<Clock> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'hamon' });
  // A connection that is cut while idle must not end the process; the current query fails.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const reading = await readClock(async () => {
      const { rows } = await client.query<{ ms: number }>(ASK);
      return rows[0]?.ms ?? NaN;
    });
    tell(reading, log);
    return new Clock(reading);
  } finally {
    await client.end();
  }
}

/** Reads the database's clock again and again, and warns when it and the machine's drift apart. */
@Injectable()
export class ClockKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private periodic: Periodic | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    new Gauge({
      name: 'hamon_database_clock_ahead_seconds',
      help: "The database's clock less this machine's; negative where the database's is behind.",
      registers: [metrics.registry],
      collect() {
        this.set(clock.aheadMs / 1000);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.periodic = startPeriodic('reading the clock', LOOK_MS, () => this.read(), this.log);
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic?.stop();
  }

  private async read(): Promise<void> {
    const wasApart = clockWarning(this.clock.aheadMs) !== undefined;
    const reading = await readClock(async () => {
      const [row] = await this.database.query<{ ms: number }[]>(ASK);
      return row?.ms ?? NaN;
    });
    this.clock.set(reading);
    if (!wasApart) tell(reading, this.log);
  }
}

function tell({ aheadMs }: ClockReading, log: Log): void {
  const warning = clockWarning(aheadMs);
  if (warning !== undefined) log.warn(warning, { aheadSeconds: Math.round(aheadMs / 1000) });
}
