import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { RunningVersion } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { DesiredVersions } from '../fleet/desired-versions.js';
import { Outbox, type Announced, type Announcement, type RetainedSource } from '../messaging/outbox.js';

/** SQL of desired states as others read them: the outbox, which publishes them, and lists of devices. */
@Injectable()
export class DesiredViewStore implements RetainedSource, OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly outbox: Outbox,
    private readonly versions: DesiredVersions,
  ) {}

  onModuleInit(): void {
    this.outbox.readFrom('desired', this);
    this.versions.readFrom((database, devices) => this.desiredVersions(database, devices));
  }

  /**
   * Nothing is desired of a retired device. The one topic of the former release has the manifest of a device whose agent
   * reports that it runs one model only; it is cleared where another one has all announced. Of several models, as where
   * the hardware was replaced, it has the first one's: the newest manifest would be of another with each renewal.
   */
  async current(announcements: readonly Announcement[]): Promise<Announced[]> {
    const whole = announcements.flatMap(({ device, model }) => (model === null ? [device] : []));
    const models = announcements.flatMap(({ device, model }) => (model === null ? [] : [{ device, model }]));
    return this.database.query(
      `WITH asked AS (
         SELECT w.device, w.model FROM device_desired w WHERE w.device = ANY ($1::text[])
         UNION SELECT * FROM unnest($2::text[], $3::text[])
       ), newest AS (
         SELECT w.device, w.model, w.jws FROM asked JOIN device_desired w USING (device, model)
         UNION ALL
         SELECT d.id, NULL, CASE WHEN d.max_models = 1 THEN (
                  SELECT w.jws FROM device_desired w WHERE w.device = d.id AND w.jws IS NOT NULL
                  ORDER BY w.assigned_at, w.sequence DESC LIMIT 1) END
         FROM known_devices d
         WHERE d.id = ANY ($1::text[]) OR d.id = ANY ($2::text[]) AND d.max_models = 1
       )
       SELECT 'desired' AS kind, n.device, n.model, d.fleet, CASE WHEN d.retired_at IS NULL THEN n.jws END AS jws,
              CASE WHEN d.retired_at IS NULL THEN coalesce(md5(n.jws::text), '') ELSE '' END AS digest
       FROM newest n JOIN known_devices d ON d.id = n.device`,
      [whole, models.map(({ device }) => device), models.map(({ model }) => model)],
    );
  }

  async page(after: string, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ device: string }[]>(
      `SELECT DISTINCT device FROM device_desired WHERE sequence > 0 AND device > $1 ORDER BY device LIMIT $2`,
      [after, limit],
    );
    return rows.map(({ device }) => device);
  }

  private async desiredVersions(
    database: Pick<DataSource, 'query'>,
    devices: readonly string[],
  ): Promise<ReadonlyMap<string, readonly RunningVersion[]>> {
    const rows = await database.query<
      (Omit<RunningVersion, 'sequence'> & { device: string; sequence: string })[]
    >(
      `SELECT w.device, v.model, v.version, w.variant, w.bundle_sha256 AS bundle, w.sequence
       FROM device_desired w JOIN known_versions v ON v.id = w.version_id
       WHERE w.device = ANY ($1::text[]) ORDER BY w.device, w.assigned_at, w.model`,
      [devices],
    );
    const byDevice = new Map<string, RunningVersion[]>();
    for (const { device, sequence, ...version } of rows) {
      byDevice.set(device, [...(byDevice.get(device) ?? []), { ...version, sequence: Number(sequence) }]);
    }
    return byDevice;
  }
}
