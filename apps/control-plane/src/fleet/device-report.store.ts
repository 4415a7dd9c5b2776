import { Injectable } from '@nestjs/common';
import type { DeviceHealth, ReportedState, RunningVersion } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';

/** A device's newest report, and the health that follows from it. */
export interface AssessedReport {
  readonly device: string;
  readonly body: ReportedState;
  readonly health: DeviceHealth;
  /** The broker repeats it: it may be of hardware that was replaced since. */
  readonly isKept: boolean;
}

/** SQL of what devices report: the report itself, and what others read of it. */
@Injectable()
export class DeviceReportStore {
  /** Answers which of the devices the fleet has. */
  async store(
    manager: EntityManager,
    fleet: string,
    reports: readonly AssessedReport[],
  ): Promise<ReadonlySet<string>> {
    const rows = await manager.query<{ id: string }[]>(
      `WITH known AS (
         UPDATE devices d SET reported = n.body, facts = n.body -> 'facts', last_seen_at = now(),
           -- Since when the device says; else since the first such report.
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
          reports.map(({ device, body, health, isKept }) => ({
            ...{ device, body, kept: isKept },
            // Also what it runs, so that counts of a large fleet need no other column.
            health: { ...health, runs: runsOf(body) },
          })),
        ),
        fleet,
      ],
    );
    const known = new Set(rows.map(({ id }) => id));
    const stored = reports.filter(({ device }) => known.has(device));
    if (stored.length === 0) return known;
    await this.setSlots(manager, stored);
    await this.setDeployments(manager, stored);
    return known;
  }

  /** Reports of hardware that is gone say nothing about its replacement. */
  async forget(manager: EntityManager, device: string): Promise<void> {
    await manager.query(`DELETE FROM device_slots WHERE device = $1`, [device]);
    await manager.query(`DELETE FROM reported_deployments WHERE device = $1`, [device]);
  }

  /** Most reports change no slot: a row that stays as it is is not written. */
  private async setSlots(manager: EntityManager, reports: readonly AssessedReport[]): Promise<void> {
    await manager.query(
      `WITH told AS (
         SELECT * FROM jsonb_to_recordset($2::jsonb)
           AS n (device text, model text, slot text, version text, variant text, bundle text, sequence bigint)
       ), emptied AS (
         DELETE FROM device_slots s WHERE s.device = ANY ($1::text[])
           AND NOT EXISTS (SELECT FROM told n WHERE (n.device, n.model, n.slot) = (s.device, s.model, s.slot))
       )
       INSERT INTO device_slots (device, model, slot, version, variant, bundle_sha256, sequence)
       SELECT device, model, slot, version, variant, bundle, sequence FROM told n
       WHERE NOT EXISTS (
         SELECT FROM device_slots k
         WHERE (k.device, k.model, k.slot) = (n.device, n.model, n.slot)
           AND (k.version, k.variant, k.bundle_sha256, k.sequence) = (n.version, n.variant, n.bundle, n.sequence))
       ON CONFLICT (device, model, slot) DO UPDATE
         SET version = excluded.version, variant = excluded.variant, bundle_sha256 = excluded.bundle_sha256,
             sequence = excluded.sequence`,
      [reports.map(({ device }) => device), JSON.stringify(reports.flatMap(slotsOf))],
    );
  }

  private async setDeployments(manager: EntityManager, reports: readonly AssessedReport[]): Promise<void> {
    await manager.query(
      `WITH told AS (
         SELECT * FROM jsonb_to_recordset($2::jsonb)
           AS n (device text, model text, bundle text, sequence bigint, state text, chunks jsonb)
       ), ended AS (
         DELETE FROM reported_deployments p WHERE p.device = ANY ($1::text[])
           AND NOT EXISTS (SELECT FROM told n WHERE (n.device, n.model) = (p.device, p.model))
       )
       INSERT INTO reported_deployments (device, model, bundle_sha256, sequence, state, chunks)
       SELECT device, model, bundle, sequence, state, chunks FROM told n
       WHERE NOT EXISTS (
         SELECT FROM reported_deployments k
         WHERE (k.device, k.model) = (n.device, n.model)
           AND (k.bundle_sha256, k.sequence, k.state, k.chunks) = (n.bundle, n.sequence, n.state, n.chunks))
       ON CONFLICT (device, model) DO UPDATE
         SET bundle_sha256 = excluded.bundle_sha256, sequence = excluded.sequence, state = excluded.state,
             chunks = excluded.chunks`,
      [
        reports.map(({ device }) => device),
        JSON.stringify(
          reports.flatMap(({ device, body: { deployment } }) => {
            if (deployment === null) return [];
            const { version, state, chunks } = deployment;
            return [{ ...addressed(device, version), state, chunks }];
          }),
        ),
      ],
    );
  }
}

const runsOf = ({ slots: { current } }: ReportedState): string | null =>
  current && `${current.model}@${current.version}`;

const slotsOf = ({ device, body: { slots } }: AssessedReport) =>
  (['current', 'previous', 'candidate'] as const).flatMap((slot) => {
    const version = slots[slot];
    return version ? [{ ...addressed(device, version), slot }] : [];
  });

const addressed = (device: string, { model, version, variant, bundle, sequence }: RunningVersion) => ({
  ...{ device, model, version, variant, bundle, sequence },
});
