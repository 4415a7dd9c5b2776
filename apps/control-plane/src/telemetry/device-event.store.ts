import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Received } from './received.js';

/** SQL of device events. */
@Injectable()
export class DeviceEventStore {
  constructor(private readonly database: DataSource) {}

  /** Idempotent: an event may be delivered more than once. */
  async insert(items: readonly Received<'event'>[]): Promise<void> {
    await this.database.query(
      `INSERT INTO device_events (device, id, at, kind, body)
       SELECT n.device, n.id, n.at, n.kind, n.body
       FROM jsonb_to_recordset($1::jsonb)
         AS n (fleet text, device text, id uuid, at timestamptz, kind text, body jsonb)
       JOIN devices d ON d.id = n.device AND d.fleet = n.fleet AND d.retired_at IS NULL
       ON CONFLICT DO NOTHING`,
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
  }
}
