import { createHash } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { chunkTopic } from '@hamon/contracts';
import { DataSource, type QueryRunner } from 'typeorm';
import { Log } from '../platform/log.js';
import { startPeriodic, type Periodic } from '../platform/periodic.js';
import { ArtifactStore } from './artifact.store.js';
import { boundedParallel } from '../messaging/bounded-parallel.js';
import { BrokerConnection } from '../messaging/broker-connection.js';
import { PublishedChunkStore, type WantedChunk } from './published-chunk.store.js';
import { WantedBundles } from './wanted-bundles.js';

const RECONCILE_MS = 20_000;
/** More missing chunks are listed than are marked at once: listing looks at every wanted chunk. */
const LISTED = 2_000;
const BATCH = 64;
/** Chunks in memory, waiting for the broker's acknowledgement: 16 of 120 KiB are 2 MB. */
const WINDOW = 16;
const LOCK = 7_240_112;

/** Keeps the broker's retained chunks equal to the wanted ones: each is published once, however many devices want it. */
@Injectable()
export class ChunkPublisher implements OnApplicationBootstrap, OnModuleDestroy {
  private periodic: Periodic | undefined;
  /** What was published before this connection may be lost; null before the first one. */
  private since: string | null = null;

  constructor(
    private readonly database: DataSource,
    private readonly connection: BrokerConnection,
    private readonly store: PublishedChunkStore,
    private readonly wanted: WantedBundles,
    private readonly artifacts: ArtifactStore,
    private readonly log: Log,
  ) {
    connection.onConnect(() => {
      this.since = null;
      this.kick();
    });
  }

  onApplicationBootstrap(): void {
    this.periodic = startPeriodic(
      'publishing chunks',
      RECONCILE_MS,
      (signal) => this.reconcile(signal),
      this.log,
    );
    this.kick();
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic?.stop();
  }

  /** Wanted chunks may have been added. */
  kick(): void {
    this.periodic?.kick();
  }

  /** One replica at a time: the lock lasts as long as the database session. No transaction is open while it publishes. */
  private async reconcile(signal: AbortSignal): Promise<void> {
    if (!this.connection.ready) return;
    const runner = this.database.createQueryRunner();
    try {
      await runner.connect();
      const [lock] = (await runner.query(`SELECT pg_try_advisory_lock(${LOCK}) AS mine`)) as {
        mine: boolean;
      }[];
      if (!lock?.mine) return;
      try {
        this.since ??= await databaseTime(runner);
        await this.publishMissing(runner, this.since, signal);
        await this.withdrawUnwanted(runner, signal);
      } finally {
        await runner.query(`SELECT pg_advisory_unlock(${LOCK})`);
      }
    } finally {
      await runner.release();
    }
  }

  private async publishMissing(runner: QueryRunner, since: string, signal: AbortSignal): Promise<void> {
    const broken = new Set<string>();
    while (this.connection.ready && !signal.aborted) {
      const wanted = await this.wanted.read(runner);
      const chunks = await this.store.missing(runner, wanted, since, LISTED + broken.size);
      const sound = chunks.filter(({ sha256 }) => !broken.has(sha256));
      if (sound.length === 0) return;
      for (let at = 0; at < sound.length && this.connection.ready && !signal.aborted; at += BATCH) {
        await this.publish(runner, sound.slice(at, at + BATCH), broken);
      }
    }
  }

  private async publish(
    runner: QueryRunner,
    chunks: readonly WantedChunk[],
    broken: Set<string>,
  ): Promise<void> {
    const published: WantedChunk[] = [];
    try {
      await boundedParallel(chunks, WINDOW, async (chunk) => {
        const bytes = await this.read(chunk);
        if (!bytes) {
          broken.add(chunk.sha256);
          return;
        }
        await this.connection.publish(chunkTopic(chunk.fleet, chunk.sha256), bytes, true);
        published.push(chunk);
      });
    } finally {
      await this.store.markPublished(runner, published);
    }
  }

  private async withdrawUnwanted(runner: QueryRunner, signal: AbortSignal): Promise<void> {
    while (this.connection.ready && !signal.aborted) {
      // Again each time: publishing may have taken minutes, and chunks that are wanted since then must stay.
      const wanted = await this.wanted.read(runner);
      const chunks = await this.store.unwanted(runner, wanted, BATCH);
      if (chunks.length === 0) return;
      await boundedParallel(chunks, WINDOW, ({ fleet, sha256 }) =>
        this.connection.publish(chunkTopic(fleet, sha256), '', true),
      );
      await this.store.markWithdrawn(runner, chunks);
    }
  }

  /** The chunk's bytes; undefined where the disk no longer holds them: devices would refuse them. */
  private async read({ sha256, artifact, offset, length }: WantedChunk): Promise<Uint8Array | undefined> {
    let bytes: Uint8Array;
    try {
      bytes = await this.artifacts.readRange(artifact, offset, length);
    } catch (cause) {
      this.log.error('a chunk cannot be read', cause, { sha256, artifact });
      return undefined;
    }
    if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
    this.log.error('the stored artifact is damaged', undefined, { sha256, artifact });
    return undefined;
  }
}

async function databaseTime(runner: QueryRunner): Promise<string> {
  const [row] = (await runner.query(`SELECT clock_timestamp()::text AS now`)) as { now: string }[];
  if (!row) throw new Error('the database has no clock');
  return row.now;
}
