import { Injectable } from '@nestjs/common';
import type { ReportedState } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
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
  ) {}

  /** The newest state of each device; an older one within the batch says nothing that the newest does not. */
  async store(items: readonly Received<'reported'>[]): Promise<void> {
    const byFleet = new Map<string, Map<string, ReportedState>>();
    for (const { fleet, device, message } of items) {
      const reports = byFleet.get(fleet) ?? new Map<string, ReportedState>();
      byFleet.set(fleet, reports.set(device, message));
    }
    for (const [fleet, reports] of byFleet) {
      await this.database.transaction(async (manager) => {
        const known = await update(manager, fleet, reports);
        await this.tracker.follow(manager, new Map([...reports].filter(([device]) => known.has(device))));
      });
      await this.watch.check(fleet, reports);
    }
  }
}

/** Answers the devices that the fleet has. */
async function update(
  manager: EntityManager,
  fleet: string,
  reports: ReadonlyMap<string, ReportedState>,
): Promise<ReadonlySet<string>> {
  const rows = await manager.query<{ id: string }[]>(
    `WITH known AS (
       UPDATE devices d SET reported = n.body, facts = n.body -> 'facts', last_seen_at = now()
       FROM jsonb_to_recordset($1::jsonb) AS n (device text, body jsonb)
       WHERE d.id = n.device AND d.fleet = $2 AND d.retired_at IS NULL
       RETURNING d.id
     ) SELECT id FROM known`,
    [JSON.stringify([...reports].map(([device, body]) => ({ device, body }))), fleet],
  );
  return new Set(rows.map(({ id }) => id));
}
