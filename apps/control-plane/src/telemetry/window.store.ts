import { Injectable } from '@nestjs/common';
import { TelemetryWindow, type PageQuery } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { IngestMetrics } from './ingest-metrics.js';
import type { Received } from '../messaging/received.js';

/** SQL of telemetry windows. */
@Injectable()
export class WindowStore {
  constructor(
    private readonly database: DataSource,
    private readonly metrics: IngestMetrics,
  ) {}

  /** Idempotent: a window that is delivered again is the same row. Windows of unknown or retired devices are left out. */
  async insert(items: readonly Received<'telemetry'>[]): Promise<void> {
    const column = (value: (item: Received<'telemetry'>) => string | null): (string | null)[] =>
      items.map(value);
    const stored = await this.database.query<unknown[]>(
      `INSERT INTO windows (fleet, device, id, started_at, ended_at, model, version, bundle_sha256,
                            shadow_bundle_sha256, body)
       SELECT n.fleet, n.device, n.id, n.started_at, n.ended_at, n.model, n.version, n.bundle, n.shadow, n.body
       FROM unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[],
                   $8::text[], $9::text[], $10::jsonb[])
         AS n (fleet, device, id, started_at, ended_at, model, version, bundle, shadow, body)
       JOIN known_devices d ON d.id = n.device AND d.fleet = n.fleet AND d.retired_at IS NULL
       ON CONFLICT DO NOTHING RETURNING true`,
      [
        column(({ fleet }) => fleet),
        column(({ device }) => device),
        column(({ message }) => message.id),
        column(({ message }) => message.startedAt),
        column(({ message }) => message.endedAt),
        column(({ message }) => message.answering.model),
        column(({ message }) => message.answering.version),
        column(({ message }) => message.answering.bundle),
        column(({ message }) => message.shadow?.version.bundle ?? null),
        column(({ message }) => JSON.stringify(message)),
      ],
    );
    this.metrics.windows(stored.length);
  }

  /** Newest first; `before` is the start and id of the last one seen. */
  async page(
    device: string,
    limit: PageQuery['limit'],
    before: readonly string[] | undefined,
  ): Promise<{ startedAt: string; id: string; body: TelemetryWindow }[]> {
    const rows = await this.database.query<{ startedAt: string; id: string; body: TelemetryWindow }[]>(
      `SELECT to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "startedAt", id, body FROM windows
       WHERE device = $1 AND ($2::timestamptz IS NULL OR (started_at, id) < ($2::timestamptz, $3::uuid))
       ORDER BY started_at DESC, id DESC LIMIT $4`,
      [device, before?.[0] ?? null, before?.[1] ?? null, limit],
    );
    return rows.map((row) => ({ ...row, body: currentWindow(row.body) }));
  }
}

/** A former release stored windows in its own shape. */
const currentWindow = (stored: TelemetryWindow): TelemetryWindow =>
  stored.schema === 'hamon.window/2' ? stored : TelemetryWindow.parse(stored);
