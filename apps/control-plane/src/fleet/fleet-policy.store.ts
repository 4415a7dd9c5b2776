import { Injectable } from '@nestjs/common';
import {
  DEFAULT_SAMPLE_RULES,
  FleetSampleRules,
  type FleetPolicyView,
  type Page,
  type PageQuery,
} from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { queryPage } from '../platform/http/list-page.js';

interface PolicyRow {
  readonly version: number;
  readonly samples: unknown;
  readonly changed_at: Date;
  readonly changed_by: string;
}

/** What fleets allow, each version of it. */
@Injectable()
export class FleetPolicyStore {
  constructor(private readonly database: DataSource) {}

  /**
   * The policy that holds.
   *
   * @param manager in whose transaction it then holds to the end: a change of it waits
   */
  async current(fleet: string, manager?: EntityManager): Promise<FleetPolicyView> {
    if (manager) await manager.query(`SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 1))`, [fleet]);
    return (await this.newest(fleet, manager)) ?? UNTOLD;
  }

  /** A former version, or the one that holds; undefined where there is none of that number. */
  async version(fleet: string, version: number): Promise<FleetPolicyView | undefined> {
    if (version === 0) return UNTOLD;
    const [row] = await this.database.query<PolicyRow[]>(
      'SELECT version, samples, changed_at, changed_by FROM fleet_policies WHERE fleet = $1 AND version = $2',
      [fleet, version],
    );
    return row && viewOf(row);
  }

  /** Newest first. */
  list(fleet: string, query: PageQuery): Promise<Page<FleetPolicyView>> {
    const list = {
      columns: 'version, samples, changed_at, changed_by',
      ...{ from: 'fleet_policies', scope: 'fleet = $1', parameters: [fleet] },
      key: [{ sql: 'version', kind: 'integer' }],
      order: 'DESC',
    } as const;
    return queryPage(this.database, list, query, viewOf);
  }

  /** Changes of one fleet's policy come one after the other; the transaction holds the one that `current` answers. */
  async lock(manager: EntityManager, fleet: string): Promise<FleetPolicyView> {
    await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 1))`, [fleet]);
    return (await this.newest(fleet, manager)) ?? UNTOLD;
  }

  async add(
    manager: EntityManager,
    fleet: string,
    { version, samples, changedBy }: Pick<FleetPolicyView, 'version' | 'samples' | 'changedBy'>,
  ): Promise<void> {
    await manager.query(
      'INSERT INTO fleet_policies (fleet, version, samples, changed_by) VALUES ($1, $2, $3, $4)',
      [fleet, version, JSON.stringify(samples), changedBy],
    );
  }

  private async newest(fleet: string, manager?: EntityManager): Promise<FleetPolicyView | undefined> {
    const [row] = await (manager ?? this.database).query<PolicyRow[]>(
      `SELECT version, samples, changed_at, changed_by FROM fleet_policies WHERE fleet = $1
       ORDER BY version DESC LIMIT 1`,
      [fleet],
    );
    return row && viewOf(row);
  }
}

/** Of a fleet whose people have said nothing. */
const UNTOLD: FleetPolicyView = {
  version: 0,
  changedAt: null,
  changedBy: null,
  samples: DEFAULT_SAMPLE_RULES,
};

/** Parsed, so that a policy of an earlier release has what is new by its default. */
const viewOf = ({ version, samples, changed_at: at, changed_by: by }: PolicyRow): FleetPolicyView => ({
  version,
  changedAt: at.toISOString(),
  changedBy: by,
  samples: FleetSampleRules.parse(samples),
});
