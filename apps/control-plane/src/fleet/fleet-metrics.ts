import { Injectable } from '@nestjs/common';
import { DEVICE_HEALTH, type DeviceHealth } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { cached } from '../platform/metrics/cached.js';
import { databaseGauge } from '../platform/metrics/database-gauge.js';
import { Metrics } from '../platform/metrics/metrics.js';

interface Tally {
  readonly online: boolean;
  /** Null where no report has been assessed yet. */
  readonly word: DeviceHealth['word'] | null;
  readonly code: string | null;
  /** `model@version` of each model; as one text, or null, in rows that a former release wrote. */
  readonly runs: readonly string[] | string | null;
  readonly count: number;
}

/** Versions that get a series of their own; over time a fleet has many. */
const MOST_VERSIONS = 50;

/** How many devices there are of each kind, without retired ones. */
@Injectable()
export class FleetMetrics {
  constructor({ registry }: Metrics, database: DataSource) {
    const tally = cached(() => tallyDevices(database));
    databaseGauge(registry, {
      name: 'hamon_devices',
      help: 'Enrolled devices by whether they are connected.',
      labelNames: ['online'],
      read: async () => {
        const rows = await tally();
        return [true, false].map((online) => [
          { online: String(online) },
          sum(rows, (row) => row.online === online),
        ]);
      },
    });
    databaseGauge(registry, {
      name: 'hamon_devices_by_health',
      help: 'Enrolled devices by health.',
      labelNames: ['health'],
      read: async () => {
        const rows = await tally();
        return DEVICE_HEALTH.map((health) => [{ health }, sum(rows, (row) => wordOf(row) === health)]);
      },
    });
    databaseGauge(registry, {
      name: 'hamon_devices_troubled',
      help: 'Connected devices that are degraded or failing, by what is behind it.',
      labelNames: ['code'],
      read: async () => {
        const troubled = (await tally()).filter((row) => ['degraded', 'failing'].includes(wordOf(row)));
        return [...grouped(troubled, ({ code }) => code ?? 'unknown')].map(([code, n]) => [{ code }, n]);
      },
    });
    databaseGauge(registry, {
      name: 'hamon_devices_by_version',
      help: 'Enrolled devices by the versions, one of each model, that they report to run; the less frequent ones are "other".',
      labelNames: ['version'],
      read: async () => {
        const running = (await tally()).flatMap((row) => versionsOf(row).map((runs) => ({ ...row, runs })));
        const versions = [...grouped(running, ({ runs }) => runs)].sort((a, b) => b[1] - a[1]);
        const rest = versions.slice(MOST_VERSIONS).reduce((total, [, n]) => total + n, 0);
        const shown = versions.slice(0, MOST_VERSIONS);
        return [...shown, ...(rest > 0 ? [['other', rest] as const] : [])].map(([version, n]) => [
          { version },
          n,
        ]);
      },
    });
  }
}

/** One pass over a narrow part of each row: reports are not read. */
function tallyDevices(database: DataSource): Promise<Tally[]> {
  return database.query(
    `SELECT online, health ->> 'word' AS word, health ->> 'code' AS code, health -> 'runs' AS runs,
            count(*)::int AS count
     FROM devices WHERE retired_at IS NULL GROUP BY 1, 2, 3, 4`,
  );
}

const wordOf = ({ online, word }: Tally): DeviceHealth['word'] => (online ? (word ?? 'ok') : 'offline');

function versionsOf({ runs }: Tally): readonly string[] {
  const versions = typeof runs === 'string' ? [runs] : (runs ?? []);
  return versions.length === 0 ? ['none'] : versions;
}

const sum = (rows: readonly Tally[], counts: (row: Tally) => boolean): number =>
  rows.reduce((total, row) => total + (counts(row) ? row.count : 0), 0);

function grouped<T extends Pick<Tally, 'count'>>(
  rows: readonly T[],
  key: (row: T) => string,
): ReadonlyMap<string, number> {
  const groups = new Map<string, number>();
  for (const row of rows) groups.set(key(row), (groups.get(key(row)) ?? 0) + row.count);
  return groups;
}
