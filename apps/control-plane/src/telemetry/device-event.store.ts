import { Injectable } from '@nestjs/common';
import { DEVICE_EVENTS, type DeviceEvent, type ListQuery, type Page } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { queryPage } from '../platform/http/list-page.js';
import { fieldCondition } from '../platform/http/where.js';
import { IngestMetrics } from './ingest-metrics.js';
import type { Received } from '../messaging/received.js';

/** SQL of device events. */
@Injectable()
export class DeviceEventStore {
  constructor(
    private readonly database: DataSource,
    private readonly metrics: IngestMetrics,
  ) {}

  /** Idempotent: an event may be delivered more than once. */
  async insert(items: readonly Received<'event'>[]): Promise<void> {
    const stored = await this.database.query<Pick<DeviceEvent, 'kind'>[]>(
      `INSERT INTO device_events (device, id, at, kind, body)
       SELECT n.device, n.id, n.at, n.kind, n.body
       FROM jsonb_to_recordset($1::jsonb)
         AS n (fleet text, device text, id uuid, at timestamptz, kind text, body jsonb)
       JOIN known_devices d ON d.id = n.device AND d.fleet = n.fleet AND d.retired_at IS NULL
       ON CONFLICT DO NOTHING RETURNING kind`,
      [
        JSON.stringify(
          items.map(({ fleet, device, message }) => ({
            fleet,
            device,
            id: message.id,
            at: message.at,
            kind: message.kind,
            body: message,
          })),
        ),
      ],
    );
    for (const { kind } of stored) this.metrics.event(kind);
  }

  /** Newest first by the device's own time. */
  async page(device: string, query: ListQuery): Promise<Page<DeviceEvent>> {
    const list = {
      columns: 'body',
      ...{ from: 'device_events', scope: 'device = $1', parameters: [device] },
      condition: fieldCondition({ id: 'id::text', kind: { sql: 'kind', words: DEVICE_EVENTS } }),
      key: [
        { sql: 'at', kind: 'timestamp' },
        { sql: 'id', kind: 'uuid' },
      ],
      order: 'DESC',
    } as const;
    return queryPage(this.database, list, query, ({ body }: { body: DeviceEvent }) => body);
  }
}
