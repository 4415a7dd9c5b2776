import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ArtifactFiles, buildIndex, statIfThere, type BuiltIndex } from '@hamon/content';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { ControlPlaneError } from '../platform/errors.js';
import { ArtifactUses } from './artifact-uses.js';
import { refusingContent } from './content-problem.js';

export interface StoredArtifact {
  readonly sha256: string;
  readonly length: number;
}

/** An artifact and its name in a bundle. */
export interface PlacedArtifact {
  readonly path: string;
  readonly sha256: string;
}

/** Locks artifacts against the sweeper until the transaction ends; in one order, so that no two wait for each other. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended(sha256, 0))
  FROM (SELECT unnest($1::text[]) AS sha256 ORDER BY 1) AS locked`;

/** Content-addressed files. The bytes are shared; a fleet sees those that it uploaded itself. */
@Injectable()
export class ArtifactStore implements OnModuleInit {
  private readonly files: ArtifactFiles;

  constructor(
    private readonly database: DataSource,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly uses: ArtifactUses,
  ) {
    this.files = new ArtifactFiles(config.artifactsDir ?? join(config.dataDir, 'artifacts'), {
      maxBytes: config.maxArtifactBytes,
    });
  }

  async onModuleInit(): Promise<void> {
    // Where replicas share the folder, another one may be in the middle of an upload.
    const shared = this.config.artifactsDir !== undefined;
    await this.files.clearUploads({ idleMs: shared ? this.config.artifactGraceSeconds * 1000 : 0 });
  }

  /** The bytes from `first` to `last`, both included. */
  stream(sha256: string, first: number, last: number): Readable {
    return createReadStream(this.files.pathOf(sha256), { start: first, end: last });
  }

  /** @throws ContentError `missing-file`; `length-mismatch` where the artifact ends before */
  readRange(sha256: string, offset: number, lengthBytes: number): Promise<Uint8Array> {
    return this.files.readRange(sha256, offset, lengthBytes);
  }

  /** The index of a bundle that has these artifacts under these names. */
  index(files: readonly PlacedArtifact[]): Promise<BuiltIndex> {
    return buildIndex(files.map(({ path, sha256 }) => ({ path, source: this.files.pathOf(sha256) })));
  }

  /**
   * Gives artifacts their names in a bundle, in a folder that holds nothing else: a model is never loaded from
   * where the files of all fleets lie side by side.
   */
  async place(folder: string, files: Iterable<PlacedArtifact>): Promise<void> {
    await mkdir(folder, { recursive: true });
    for (const { path, sha256 } of files) {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      const source = this.files.pathOf(sha256);
      // Artifacts may be on another file system, or on one without hard links.
      await link(source, target)
        .catch(() => copyFile(source, target))
        .catch((cause: unknown) => {
          if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
          throw new ControlPlaneError('unavailable', `The bytes of ${path} (${sha256}) are missing.`, {
            retryAfterSeconds: 1,
            cause,
          });
        });
    }
  }

  /** Length in bytes; undefined where this fleet has no such artifact. */
  async find(fleet: string, sha256: string): Promise<number | undefined> {
    const [row] = await this.database.query<{ length: string }[]>(
      'SELECT length FROM artifacts WHERE fleet = $1 AND sha256 = $2',
      [fleet, sha256],
    );
    // A row without its bytes (a restored database) must lead to a new upload, not to a version that cannot be built.
    const stored = row && (await this.files.lengthOf(sha256));
    return stored === Number(row?.length) ? stored : undefined;
  }

  /** `find` for a caller that is about to use it: the sweeper's grace starts over. */
  async reserve(fleet: string, sha256: string): Promise<number | undefined> {
    await this.database.query('UPDATE artifacts SET used_at = now() WHERE fleet = $1 AND sha256 = $2', [
      fleet,
      sha256,
    ]);
    return this.find(fleet, sha256);
  }

  /**
   * `reserve` for many, in the caller's transaction: until it ends, the sweeper leaves them alone. Those that are not
   * stored are left out of the answer.
   */
  async reserveAll(
    manager: EntityManager,
    fleet: string,
    digests: readonly string[],
  ): Promise<Map<string, number>> {
    const [rows] = await manager.query<[{ sha256: string; length: string }[], number]>(
      `UPDATE artifacts SET used_at = now() WHERE (fleet, sha256) IN (
         SELECT fleet, sha256 FROM artifacts WHERE fleet = $1 AND sha256 = ANY ($2::text[]) ORDER BY sha256 FOR UPDATE)
       RETURNING sha256, length`,
      [fleet, digests],
    );
    const found = new Map<string, number>();
    for (const { sha256, length } of rows) {
      if ((await this.files.lengthOf(sha256)) === Number(length)) found.set(sha256, Number(length));
    }
    return found;
  }

  /** Streams an upload to disk, checked against its name. */
  async put(fleet: string, sha256: string, body: Readable, announced: number | undefined): Promise<number> {
    const length = await refusingContent(() => this.files.put(sha256, body, { length: announced }));
    await this.database.transaction((manager) => this.claim(manager, fleet, [{ sha256, length }]));
    return length;
  }

  /** Bytes that the control plane made; they belong to nobody until `claim`. */
  putBytes(bytes: Uint8Array): Promise<StoredArtifact> {
    return refusingContent(() => this.files.putBytes(bytes));
  }

  /** Makes artifacts the fleet's own, within the caller's transaction. Their bytes are stored already. */
  async claim(manager: EntityManager, fleet: string, artifacts: readonly StoredArtifact[]): Promise<void> {
    const digests = artifacts.map(({ sha256 }) => sha256);
    await manager.query(LOCK, [digests]);
    const now = this.clock.now();
    for (const { sha256, length } of artifacts) {
      if ((await this.files.lengthOf(sha256)) !== length) {
        throw new ControlPlaneError(
          'unavailable',
          `The bytes of artifact ${sha256} are gone; send them again.`,
          {
            retryAfterSeconds: 1,
          },
        );
      }
      await utimes(this.files.pathOf(sha256), now, now);
    }
    await manager.query(
      `INSERT INTO artifacts (fleet, sha256, length)
       SELECT DISTINCT $1, sha256, length FROM unnest($2::text[], $3::bigint[]) AS given (sha256, length)
       ON CONFLICT (fleet, sha256) DO UPDATE SET used_at = now()`,
      [fleet, digests, artifacts.map(({ length }) => length)],
    );
  }

  /**
   * Removes uploads that neither a version nor anything else uses, and deletes bytes that no fleet has: those removed
   * just now, and those that a process stored without claiming them. Answers how many files were deleted.
   */
  async sweep(graceSeconds: number): Promise<number> {
    await this.files.clearUploads({ idleMs: graceSeconds * 1000 });
    // Any use that begins from here on touches the file, so that it is young.
    const used = await this.uses.read();
    await this.database.query(
      `DELETE FROM artifacts AS artifact
       WHERE used_at < now() - make_interval(secs => $1) AND NOT EXISTS (
         SELECT FROM version_artifacts JOIN versions ON versions.id = version_artifacts.version_id
         WHERE version_artifacts.sha256 = artifact.sha256 AND versions.fleet = artifact.fleet)
       AND NOT EXISTS (
         SELECT FROM unnest($2::text[], $3::text[]) AS used (fleet, sha256)
         WHERE used.sha256 = artifact.sha256 AND used.fleet = artifact.fleet)`,
      [graceSeconds, used.map(({ fleet }) => fleet), used.map(({ sha256 }) => sha256)],
    );
    const unowned = await this.database.query<{ sha256: string }[]>(
      `SELECT stored.sha256 FROM unnest($1::text[]) AS stored (sha256)
       WHERE NOT EXISTS (SELECT FROM artifacts WHERE artifacts.sha256 = stored.sha256)`,
      [await this.files.list()],
    );
    let removed = 0;
    for (const { sha256 } of unowned) if (await this.removeUnowned(sha256, graceSeconds)) removed += 1;
    return removed;
  }

  /** Under the same lock as `claim`, which touches the file: bytes that are about to be claimed are young. */
  private removeUnowned(sha256: string, graceSeconds: number): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      await manager.query(LOCK, [[sha256]]);
      const owned = await manager.query<unknown[]>('SELECT FROM artifacts WHERE sha256 = $1 LIMIT 1', [
        sha256,
      ]);
      const entry = await statIfThere(this.files.pathOf(sha256));
      if (owned.length > 0 || !entry || Date.now() - Number(entry.mtimeMs) < graceSeconds * 1000)
        return false;
      await this.files.remove(sha256);
      return true;
    });
  }
}
