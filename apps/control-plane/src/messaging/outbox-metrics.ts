import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { cached } from '../platform/metrics/cached.js';
import { databaseGauge } from '../platform/metrics/database-gauge.js';
import { Metrics } from '../platform/metrics/metrics.js';

interface Waiting {
  readonly rows: number;
  readonly seconds: number;
}

/** How far publishing is behind deciding. */
@Injectable()
export class OutboxMetrics {
  constructor({ registry }: Metrics, database: DataSource) {
    const waiting = cached(async () => {
      const [row] = await database.query<Waiting[]>(
        `SELECT count(*)::int AS rows, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS seconds
         FROM outbox`,
      );
      return row ?? { rows: 0, seconds: 0 };
    });
    databaseGauge(registry, {
      name: 'hamon_outbox_rows',
      help: 'Announcements to devices that wait to be published.',
      labelNames: [],
      read: async () => [[{}, (await waiting()).rows]],
    });
    databaseGauge(registry, {
      name: 'hamon_outbox_oldest_seconds',
      help: 'Age of the oldest announcement that waits to be published.',
      labelNames: [],
      read: async () => [[{}, (await waiting()).seconds]],
    });
  }
}
