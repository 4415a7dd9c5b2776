import { Injectable } from '@nestjs/common';
import type { GeneralJws } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { must } from '../platform/errors.js';

/** What a device is to run, as it is to be published; `jws` null for nothing. */
export interface Announced {
  readonly device: string;
  readonly fleet: string;
  readonly jws: GeneralJws | null;
  /** Identifies the state; empty for nothing. */
  readonly digest: string;
}

/** What is announced, as the capability that decides it has it. */
export interface DesiredSource {
  /** The current one; devices without any decision are left out. */
  desired(devices: readonly string[]): Promise<Announced[]>;
  /** At most `limit` devices with a decision, by id, after `after`. */
  page(after: string, limit: number): Promise<string[]>;
}

/** Announcements are stored with the transaction that made them necessary, or not at all. */
@Injectable()
export class Outbox {
  private publisherKick: () => void = () => undefined;
  private desiredSource: DesiredSource | undefined;

  /** These devices' desired states changed. Call `kick` once the transaction is committed. */
  async addDesired(manager: EntityManager, devices: readonly string[]): Promise<void> {
    await manager.query(`INSERT INTO outbox (kind, key) SELECT 'desired', unnest($1::text[])`, [devices]);
  }

  /** Makes the publisher look at once; it would look by itself soon. */
  kick(): void {
    this.publisherKick();
  }

  onKick(kick: () => void): void {
    this.publisherKick = kick;
  }

  /** Before the application starts. */
  readFrom(source: DesiredSource): void {
    this.desiredSource = source;
  }

  get source(): DesiredSource {
    return must(this.desiredSource, 'a source of desired states');
  }
}
