import { Injectable } from '@nestjs/common';
import type { QueryRunner } from 'typeorm';
import { ChunkStore, type AwaitedBundle } from './chunk.store.js';

/** Read anew after so long, whatever was noted; notes of changes are kept for longer. */
const RELOAD_MS = 10 * 60_000;
/** Devices whose reports are read at once. */
const SLICE = 2_000;

interface Known {
  /** Transactions below it are in `waiting`, and maybe later ones. */
  readonly cursor: bigint;
  readonly loadedAtMs: number;
  /** By device. */
  readonly waiting: Map<string, AwaitedBundle>;
}

/**
 * Which bundles devices shall run and do not have yet. To tell, every device's report has to be read; so what this process
 * saw last is kept, and only those are read again of which something changed.
 *
 * Nothing is missed, in the same way as with a rollout's members: the horizon is asked for before the changes are read, and a
 * change that was not committed by then has a transaction at or above it.
 */
@Injectable()
export class AwaitedBundles {
  private known: Known | undefined;

  constructor(private readonly store: ChunkStore) {}

  /** One caller at a time; outside of a transaction, whose snapshot would be older than the horizon. */
  async read(runner: QueryRunner): Promise<AwaitedBundle[]> {
    const cursor = BigInt(await this.store.horizon(runner));
    const before = this.usable(cursor);
    // Away while it is changed: a read that fails half-way leaves nothing.
    this.known = undefined;
    const waiting = before?.waiting ?? new Map<string, AwaitedBundle>();
    if (before) await this.follow(runner, before.cursor, waiting);
    else await this.load(runner, waiting);
    this.known = { cursor, loadedAtMs: before?.loadedAtMs ?? performance.now(), waiting };
    return distinct(waiting.values());
  }

  private async load(runner: QueryRunner, waiting: Map<string, AwaitedBundle>): Promise<void> {
    for (let after: string | null = ''; after !== null;) {
      const page = await this.store.awaitingPage(runner, after, SLICE);
      for (const { device, fleet, bundle } of page.awaiting) waiting.set(device, { fleet, bundle });
      after = page.next;
    }
  }

  private async follow(
    runner: QueryRunner,
    since: bigint,
    waiting: Map<string, AwaitedBundle>,
  ): Promise<void> {
    const changed = await this.store.changedDevices(runner, since.toString());
    for (let at = 0; at < changed.length; at += SLICE) {
      const slice = changed.slice(at, at + SLICE);
      for (const device of slice) waiting.delete(device);
      const still = await this.store.awaiting(runner, slice);
      for (const { device, fleet, bundle } of still) waiting.set(device, { fleet, bundle });
    }
  }

  private usable(horizon: bigint): Known | undefined {
    const known = this.known;
    if (!known || performance.now() - known.loadedAtMs > RELOAD_MS) return undefined;
    // A horizon that went back is another database's, as after a restore.
    return known.cursor > horizon ? undefined : known;
  }
}

function distinct(bundles: Iterable<AwaitedBundle>): AwaitedBundle[] {
  const byName = new Map<string, AwaitedBundle>();
  for (const one of bundles) byName.set(`${one.fleet} ${one.bundle}`, one);
  return [...byName.values()];
}
