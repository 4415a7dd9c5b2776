import { Injectable, type OnModuleInit } from '@nestjs/common';
import { signConfig } from '@hamon/trust';
import { DataSource } from 'typeorm';
import { Outbox, type Announced, type Announcement, type RetainedSource } from '../messaging/outbox.js';
import { ManifestKey } from '../platform/keys/manifest-key.js';
import { ConfigAssignmentStore, type SentConfig } from './config-assignment.store.js';

/** Signs the newest configuration of each device as it is published. */
@Injectable()
export class ConfigPublishing implements RetainedSource, OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly store: ConfigAssignmentStore,
    private readonly outbox: Outbox,
    private readonly key: ManifestKey,
  ) {}

  onModuleInit(): void {
    this.outbox.readFrom('config', this);
  }

  async current(announcements: readonly Announcement[]): Promise<Announced[]> {
    const devices = announcements.map(({ device }) => device);
    const rows = await this.store.newest(this.database, devices);
    return Promise.all(rows.map((row) => this.announced(row)));
  }

  page(after: string, limit: number): Promise<string[]> {
    return this.store.pageOfDevices(after, limit);
  }

  /** Ed25519 is deterministic: the same sequence is the same bytes, whichever replica signs, and when. */
  private async announced(row: SentConfig): Promise<Announced> {
    const { fleet, device, sequence, assignedAt, config, trialSeconds, isRetired } = row;
    const about = { kind: 'config', fleet, device, model: null } as const;
    if (isRetired) return { ...about, jws: null, digest: '' };
    const jws = await signConfig(
      {
        schema: 'hamon.device-config/1',
        ...{ fleet, device, sequence, issuedAt: assignedAt.toISOString(), config, trialSeconds },
      },
      this.key.signing,
    );
    return { ...about, jws, digest: String(sequence) };
  }
}
