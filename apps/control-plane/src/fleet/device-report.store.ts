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

export interface StoredReports {
  /** Those of the devices that the fleet has. */
  readonly known: ReadonlySet<string>;
  /** Those of them whose agent now runs one model where it ran several, or the other way. */
  readonly changed: readonly string[];
}

/** SQL of what devices report: the report itself, and what others read of it. */
@Injectable()
export class DeviceReportStore {
  async store(
    manager: EntityManager,
    fleet: string,
    reports: readonly AssessedReport[],
  ): Promise<StoredReports> {
    const rows = await manager.query<{ id: string; changed: boolean }[]>(
      `WITH told AS (
         SELECT n.*, f.max_models AS former_models
         FROM jsonb_to_recordset($1::jsonb) AS n (device text, body jsonb, health jsonb, kept boolean)
         JOIN devices f ON f.id = n.device
       ), known AS (
         UPDATE devices d SET reported = n.body, facts = n.body -> 'facts', last_seen_at = now(),
           max_models = (n.body ->> 'maxModels')::int,
           -- Since when the device says; else since the first such report.
           health = n.health || jsonb_build_object('since', coalesce(
             n.health ->> 'since',
             CASE WHEN d.health ->> 'code' = n.health ->> 'code' THEN d.health ->> 'since' END,
             to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
         FROM told n
         WHERE d.id = n.device AND d.fleet = $2 AND d.retired_at IS NULL
           AND NOT (n.kept AND (n.body ->> 'at')::timestamptz < coalesce(d.replaced_at, '-infinity'))
         RETURNING d.id, coalesce(n.former_models = 1, false) <> (d.max_models = 1) AS changed
       ) SELECT id, changed FROM known`,
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
    if (stored.length > 0) {
      await this.setModels(manager, stored);
      await this.setSlots(manager, stored);
      await this.setDeployments(manager, stored);
    }
    return { known, changed: rows.flatMap(({ id, changed }) => (changed ? [id] : [])) };
  }

  /** Reports of hardware that is gone say nothing about its replacement. */
  async forget(manager: EntityManager, device: string): Promise<void> {
    for (const table of ['reported_models', 'device_slots', 'reported_deployments']) {
      await manager.query(`DELETE FROM ${table} WHERE device = $1`, [device]);
    }
  }

  /** Most reports change nothing but frames: a row that stays as it is is not written, here and below. */
  private async setModels(manager: EntityManager, reports: readonly AssessedReport[]): Promise<void> {
    await manager.query(
      `WITH told AS (
         SELECT device, model, sequence, room, nullif(rejection, 'null') AS rejection, provider
         FROM jsonb_to_recordset($2::jsonb)
           AS n (device text, model text, sequence bigint, room boolean, rejection jsonb, provider text)
       ), gone AS (
         DELETE FROM reported_models m WHERE m.device = ANY ($1::text[])
           AND NOT EXISTS (SELECT FROM told n WHERE (n.device, n.model) = (m.device, m.model))
       )
       INSERT INTO reported_models (device, model, highest_sequence, room_for_two, rejection, execution_provider)
       SELECT device, model, sequence, room, rejection, provider FROM told n
       WHERE NOT EXISTS (
         SELECT FROM reported_models k
         WHERE (k.device, k.model) = (n.device, n.model)
           AND (k.highest_sequence, k.room_for_two, k.rejection, k.execution_provider)
               IS NOT DISTINCT FROM (n.sequence, n.room, n.rejection, n.provider))
       ON CONFLICT (device, model) DO UPDATE
         SET highest_sequence = excluded.highest_sequence, room_for_two = excluded.room_for_two,
             rejection = excluded.rejection, execution_provider = excluded.execution_provider`,
      [
        reports.map(({ device }) => device),
        JSON.stringify(
          reports.flatMap(({ device, body }) =>
            body.models.map(({ model, highestSequence: sequence, roomForTwo: room, rejection, ...told }) => ({
              ...{ device, model, sequence, room, rejection, provider: told.executionProvider },
            })),
          ),
        ),
      ],
    );
  }

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
         SELECT device, model, version, variant, bundle, sequence, state, chunks, nullif(reason, 'null') AS reason
         FROM jsonb_to_recordset($2::jsonb)
           AS n (device text, model text, version text, variant text, bundle text, sequence bigint, state text,
                 chunks jsonb, reason jsonb)
       ), ended AS (
         DELETE FROM reported_deployments p WHERE p.device = ANY ($1::text[])
           AND NOT EXISTS (SELECT FROM told n WHERE (n.device, n.model) = (p.device, p.model))
       )
       INSERT INTO reported_deployments (device, model, version, variant, bundle_sha256, sequence, state, chunks, reason)
       SELECT device, model, version, variant, bundle, sequence, state, chunks, reason FROM told n
       WHERE NOT EXISTS (
         SELECT FROM reported_deployments k
         WHERE (k.device, k.model) = (n.device, n.model)
           AND (k.version, k.variant, k.bundle_sha256, k.sequence, k.state, k.chunks, k.reason)
               IS NOT DISTINCT FROM (n.version, n.variant, n.bundle, n.sequence, n.state, n.chunks, n.reason))
       ON CONFLICT (device, model) DO UPDATE
         SET version = excluded.version, variant = excluded.variant, bundle_sha256 = excluded.bundle_sha256,
             sequence = excluded.sequence, state = excluded.state, chunks = excluded.chunks, reason = excluded.reason`,
      [
        reports.map(({ device }) => device),
        JSON.stringify(
          reports.flatMap(({ device, body: { models } }) =>
            models.flatMap(({ deployment }) => {
              if (deployment === null) return [];
              const { version, state, chunks, reason } = deployment;
              return [{ ...addressed(device, version), state, chunks, reason }];
            }),
          ),
        ),
      ],
    );
  }
}

/** `model@version` of each model that runs. */
const runsOf = ({ models }: ReportedState): string[] =>
  models.flatMap(({ slots: { current } }) => (current ? [`${current.model}@${current.version}`] : []));

const slotsOf = ({ device, body: { models } }: AssessedReport) =>
  models.flatMap(({ slots }) =>
    (['current', 'previous', 'candidate'] as const).flatMap((slot) => {
      const version = slots[slot];
      return version ? [{ ...addressed(device, version), slot }] : [];
    }),
  );

const addressed = (device: string, { model, version, variant, bundle, sequence }: RunningVersion) => ({
  ...{ device, model, version, variant, bundle, sequence },
});
