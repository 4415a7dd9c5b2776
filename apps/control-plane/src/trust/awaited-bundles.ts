import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { DeviceChangesStore } from '../fleet/device-changes.store.js';
import { DeviceLifecycle } from '../fleet/device-lifecycle.js';
import { snapshotHorizon } from '../platform/snapshot-horizon.js';
import { ChunkPublisher } from '../registry/chunk-publisher.js';
import { WantedBundles, type WantedBundle } from '../registry/wanted-bundles.js';
import { AwaitedBundleStore, type Awaiting } from './awaited-bundle.store.js';

type Database = Pick<DataSource, 'query'>;

/** Read again after so long, whatever was noted; notes of changes are kept for longer. */
const RELOAD_MS = 10 * 60_000;
/** Devices whose reports are read at once. */
const SLICE = 2_000;

type Waiting = Map<string, WantedBundle[]>;

interface Known {
  /** Transactions below it are in `waiting`, and maybe later ones. */
  readonly cursor: bigint;
  readonly loadedAtMs: number;
  /** By device. */
  readonly waiting: Waiting;
}

/**
 * Which bundles devices are to run and do not have yet. Every device's report has to be read to tell; so this process keeps
 * what it last read, and reads again only devices for which something changed.
 *
 * Nothing is missed, as with a rollout's members: the horizon is asked for before the changes are read, and a
 * change that was not committed by then has a transaction at or above it.
 */
@Injectable()
export class AwaitedBundles implements OnModuleInit {
  private known: Known | undefined;

  constructor(
    private readonly store: AwaitedBundleStore,
    private readonly changes: DeviceChangesStore,
    private readonly wanted: WantedBundles,
    private readonly lifecycle: DeviceLifecycle,
    private readonly chunks: ChunkPublisher,
  ) {}

  onModuleInit(): void {
    this.wanted.add((database) => this.read(database));
    // New hardware has nothing yet of what the former had.
    this.lifecycle.follow({ ended: () => this.chunks.kick() });
  }

  /** One caller at a time; outside of a transaction, whose snapshot would be older than the horizon. */
  async read(database: Database): Promise<WantedBundle[]> {
    const cursor = await snapshotHorizon(database);
    const before = this.usable(cursor);
    // Removed while it is changed: a read that fails half-way leaves nothing.
    this.known = undefined;
    const waiting: Waiting = before?.waiting ?? new Map<string, WantedBundle[]>();
    if (before) await this.follow(database, before.cursor, waiting);
    else await this.load(database, waiting);
    this.known = { cursor, loadedAtMs: before?.loadedAtMs ?? performance.now(), waiting };
    return [...waiting.values()].flat();
  }

  private async load(database: Database, waiting: Waiting): Promise<void> {
    for (let after: string | null = ''; after !== null;) {
      const page = await this.store.awaitingPage(database, after, SLICE);
      addAll(waiting, page.awaiting);
      after = page.next;
    }
  }

  private async follow(database: Database, since: bigint, waiting: Waiting): Promise<void> {
    const changed = await this.changes.since(database, since);
    for (let at = 0; at < changed.length; at += SLICE) {
      const slice = changed.slice(at, at + SLICE);
      for (const device of slice) waiting.delete(device);
      addAll(waiting, await this.store.awaiting(database, slice));
    }
  }

  private usable(horizon: bigint): Known | undefined {
    const known = this.known;
    if (!known || performance.now() - known.loadedAtMs > RELOAD_MS) return undefined;
    // A horizon that went back belongs to another database, as after a restore.
    return known.cursor > horizon ? undefined : known;
  }
}

function addAll(waiting: Waiting, awaiting: readonly Awaiting[]): void {
  for (const { device, fleet, bundle } of awaiting) {
    waiting.set(device, [...(waiting.get(device) ?? []), { fleet, bundle }]);
  }
}
