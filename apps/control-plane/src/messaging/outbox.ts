import { Injectable } from '@nestjs/common';
import type { GeneralJws } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { must } from '../platform/errors.js';

/** One model of a device. */
export interface DeviceModel {
  readonly device: string;
  readonly model: string;
}

/** What is to be announced of a device: of one of its models, or of all; see `Announced`. */
export interface Announcement {
  readonly device: string;
  /** Null for all of them. */
  readonly model: string | null;
}

/** What a device is to run, as it is to be published; `jws` null for nothing. */
export interface Announced {
  readonly device: string;
  readonly fleet: string;
  /** Null for the one topic of agents of the former release, which run one model. */
  readonly model: string | null;
  readonly jws: GeneralJws | null;
  /** Identifies the state; empty for nothing. */
  readonly digest: string;
}

/** What is announced, as the capability that decides it has it. */
export interface DesiredSource {
  /** The current ones; models without any decision are left out. */
  desired(announcements: readonly Announcement[]): Promise<Announced[]>;
  /** At most `limit` devices with a decision, by id, after `after`. */
  page(after: string, limit: number): Promise<string[]>;
}

/** Announcements are stored with the transaction that made them necessary, or not at all. */
@Injectable()
export class Outbox {
  private publisherKick: () => void = () => undefined;
  private desiredSource: DesiredSource | undefined;

  /** What is desired of these models changed. Call `kick` once the transaction is committed. */
  async addDesired(manager: EntityManager, models: readonly DeviceModel[]): Promise<void> {
    await this.add(
      manager,
      models.map(({ device, model }) => `${device}/${model}`),
    );
  }

  /** All that is desired of these devices is published once more, on the topics that their agents listen to. */
  async addAll(manager: EntityManager, devices: readonly string[]): Promise<void> {
    await this.add(manager, devices);
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

  private async add(manager: EntityManager, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await manager.query(`INSERT INTO outbox (kind, key) SELECT 'desired', unnest($1::text[])`, [keys]);
  }
}
