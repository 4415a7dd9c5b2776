import { Injectable } from '@nestjs/common';
import { ROLLOUT_STATES } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { cached } from '../platform/metrics/cached.js';
import { databaseGauge } from '../platform/metrics/database-gauge.js';
import { Metrics } from '../platform/metrics/metrics.js';

interface Tally {
  readonly state: string;
  readonly count: number;
  readonly failures: number;
}

@Injectable()
export class RolloutMetrics {
  constructor({ registry }: Metrics, database: DataSource) {
    const tally = cached(() =>
      database.query<Tally[]>(
        `SELECT state, count(*)::int AS count,
                coalesce(sum(decision_failures) FILTER (WHERE ended_at IS NULL), 0)::int AS failures
         FROM rollouts GROUP BY state`,
      ),
    );
    databaseGauge(registry, {
      name: 'hamon_rollouts',
      help: 'Rollouts by state.',
      labelNames: ['state'],
      read: async () => {
        const counts = new Map((await tally()).map(({ state, count }) => [state, count]));
        return ROLLOUT_STATES.map((state) => [{ state }, counts.get(state) ?? 0]);
      },
    });
    databaseGauge(registry, {
      name: 'hamon_rollout_decision_failures',
      help: 'Failed decisions on open rollouts since the last successful one.',
      labelNames: [],
      read: async () => [[{}, (await tally()).reduce((sum, { failures }) => sum + failures, 0)]],
    });
  }
}
