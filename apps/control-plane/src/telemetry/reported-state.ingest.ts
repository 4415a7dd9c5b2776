import { Injectable } from '@nestjs/common';
import type { ReportedState } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { healthAsTold } from '../fleet/device-health.js';
import { Clock } from '../platform/clock/clock.js';
import { DeploymentTracker } from '../trust/deployment-tracker.js';
import { SequenceWatch } from '../trust/sequence-watch.js';
import type { Received } from './received.js';

/** Stores devices' states and moves their deployments on. */
@Injectable()
export class ReportedStateIngest {
  constructor(
    private readonly database: DataSource,
    private readonly tracker: DeploymentTracker,
    private readonly watch: SequenceWatch,
    private readonly clock: Clock,
  ) {}

  /** The newest state of each device; an older one within the batch says nothing that the newest does not. */
  async store(items: readonly Received<'reported'>[]): Promise<void> {
    const byFleet = new Map<string, Map<string, ReportedState>>();
    const kept = new Set<string>();
    for (const { fleet, device, message, retained } of items) {
      const reports = byFleet.get(fleet) ?? new Map<string, ReportedState>();
      byFleet.set(fleet, reports.set(device, message));
      if (retained) kept.add(device);
      else kept.delete(device);
    }
    for (const [fleet, reports] of byFleet) {
      await this.database.transaction(async (manager) => {
        const known = await update(manager, fleet, reports, { kept, now: this.clock.now() });
        await this.tracker.follow(
          manager,
          fleet,
          new Map([...reports].filter(([device]) => known.has(device))),
        );
      });
      await this.watch.check(fleet, reports);
    }
  }
}

/**
 * Answers the devices that the fleet has.
 *
 * @param kept of whom the broker repeats an old report: it may be of hardware that was replaced since
 */
async function update(
  manager: EntityManager,
  fleet: string,
  reports: ReadonlyMap<string, ReportedState>,
  { kept, now }: { readonly kept: ReadonlySet<string>; readonly now: Date },
): Promise<ReadonlySet<string>> {
  const rows = await manager.query<{ id: string }[]>(
    `WITH known AS (
       UPDATE devices d SET reported = n.body, facts = n.body -> 'facts', last_seen_at = now(),
         -- Since the device says so; else since the first report of it.
         health = n.health || jsonb_build_object('since', coalesce(
           n.health ->> 'since',
           CASE WHEN d.health ->> 'code' = n.health ->> 'code' THEN d.health ->> 'since' END,
           to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
       FROM jsonb_to_recordset($1::jsonb) AS n (device text, body jsonb, health jsonb, kept boolean)
       WHERE d.id = n.device AND d.fleet = $2 AND d.retired_at IS NULL
         AND NOT (n.kept AND (n.body ->> 'at')::timestamptz < coalesce(d.replaced_at, '-infinity'))
       RETURNING d.id
     ) SELECT id FROM known`,
    [
      JSON.stringify(
        [...reports].map(([device, body]) => ({
          ...{ device, body, kept: kept.has(device) },
          // Beside the word what it runs, so that counts of a large fleet need no other column.
          health: { ...healthAsTold(body, now), runs: runsOf(body) },
        })),
      ),
      fleet,
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

const runsOf = ({ slots: { current } }: ReportedState): string | null =>
  current && `${current.model}@${current.version}`;
