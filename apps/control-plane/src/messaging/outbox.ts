import { Injectable } from '@nestjs/common';
import type { GeneralJws } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { must } from '../platform/errors.js';

/** One model of a device. */
export interface DeviceModel {
  readonly device: string;
  readonly model: string;
}

/** What is published as retained messages: manifests of models, and configurations. */
export const RETAINED_KINDS = ['desired', 'config'] as const;
export type RetainedKind = (typeof RETAINED_KINDS)[number];

/** What is to be announced of a device: of one of its models, or of all; see `Announced`. */
export interface Announcement {
  readonly kind: RetainedKind;
  readonly device: string;
  /** Null for all of them, and for a configuration. */
  readonly model: string | null;
}

/** What a device is to run or to use, as it is to be published; `jws` null for nothing. */
export interface Announced {
  readonly kind: RetainedKind;
  readonly device: string;
  readonly fleet: string;
  /** Null for a configuration, and for the one topic of agents of the former release, which run one model. */
  readonly model: string | null;
  readonly jws: GeneralJws | null;
  /** Identifies the state; empty for nothing. */
  readonly digest: string;
}

/** What is announced, as the capability that decides it has it. */
export interface RetainedSource {
  /** The current ones, of announcements of its kind; devices and models without any decision are left out. */
  current(announcements: readonly Announcement[]): Promise<Announced[]>;
  /** At most `limit` devices with a decision, by id, after `after`. */
  page(after: string, limit: number): Promise<string[]>;
}

/** Announcements are stored with the transaction that made them necessary, or not at all. */
@Injectable()
export class Outbox {
  private publisherKick: () => void = () => undefined;
  private readonly sources = new Map<RetainedKind, RetainedSource>();

  /** What is desired of these models changed. Call `kick` once the transaction is committed. */
  async addDesired(manager: EntityManager, models: readonly DeviceModel[]): Promise<void> {
    await this.add(
      manager,
      'desired',
      models.map(({ device, model }) => `${device}/${model}`),
    );
  }

  /** All that is desired of these devices is published once more, on the topics that their agents listen to. */
  async addAll(manager: EntityManager, devices: readonly string[]): Promise<void> {
    await this.add(manager, 'desired', devices);
  }

  /** The configuration of these devices changed. Call `kick` once the transaction is committed. */
  async addConfigs(manager: EntityManager, devices: readonly string[]): Promise<void> {
    await this.add(manager, 'config', devices);
  }

  /** Makes the publisher look at once; it would look by itself soon. */
  kick(): void {
    this.publisherKick();
  }

  onKick(kick: () => void): void {
    this.publisherKick = kick;
  }

  /** Before the application starts. */
  readFrom(kind: RetainedKind, source: RetainedSource): void {
    this.sources.set(kind, source);
  }

  source(kind: RetainedKind): RetainedSource {
    return must(this.sources.get(kind), `a source of what is published as ${kind}`);
  }

  /** What is to be published now of all these. */
  async current(announcements: readonly Announcement[]): Promise<Announced[]> {
    const found: Announced[] = [];
    for (const kind of RETAINED_KINDS) {
      const own = announcements.filter((one) => one.kind === kind);
      if (own.length > 0) found.push(...(await this.source(kind).current(own)));
    }
    return found;
  }

  private async add(manager: EntityManager, kind: RetainedKind, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await manager.query(`INSERT INTO outbox (kind, key) SELECT $1, unnest($2::text[])`, [kind, keys]);
  }
}
