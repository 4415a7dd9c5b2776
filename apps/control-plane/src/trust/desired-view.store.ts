import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { RunningVersion } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { DesiredVersions } from '../fleet/desired-versions.js';
import { Outbox, type Announced, type DesiredSource } from '../messaging/outbox.js';

/** SQL of desired states as others read them: the outbox, which publishes them, and lists of devices. */
@Injectable()
export class DesiredViewStore implements DesiredSource, OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly outbox: Outbox,
    private readonly versions: DesiredVersions,
  ) {}

  onModuleInit(): void {
    this.outbox.readFrom(this);
    this.versions.readFrom((database, devices) => this.desiredVersions(database, devices));
  }

  /** Nothing is desired of a retired device. */
  desired(devices: readonly string[]): Promise<Announced[]> {
    return this.database.query(
      `SELECT device, fleet, jws, coalesce(md5(jws::text), '') AS digest
       FROM (SELECT w.device, w.fleet, CASE WHEN d.retired_at IS NULL THEN w.jws END AS jws
             FROM device_desired w JOIN known_devices d ON d.id = w.device
             WHERE w.device = ANY ($1::text[])) AS newest`,
      [devices],
    );
  }

  async page(after: string, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ device: string }[]>(
      `SELECT device FROM device_desired WHERE sequence > 0 AND device > $1 ORDER BY device LIMIT $2`,
      [after, limit],
    );
    return rows.map(({ device }) => device);
  }

  private async desiredVersions(
    database: Pick<DataSource, 'query'>,
    devices: readonly string[],
  ): Promise<ReadonlyMap<string, RunningVersion>> {
    const rows = await database.query<
      (Omit<RunningVersion, 'sequence'> & { device: string; sequence: string })[]
    >(
      `SELECT w.device, v.model, v.version, w.variant, w.bundle_sha256 AS bundle, w.sequence
       FROM device_desired w JOIN known_versions v ON v.id = w.version_id
       WHERE w.device = ANY ($1::text[])`,
      [devices],
    );
    return new Map(
      rows.map(({ device, sequence, ...version }) => [device, { ...version, sequence: Number(sequence) }]),
    );
  }
}
