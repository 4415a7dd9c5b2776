import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CompressionReport, PageQuery } from '@hamon/contracts';
import { DataSource, type EntityManager, In } from 'typeorm';
import { Clock } from '../platform/clock/clock.js';
import { decodeCursor } from '../platform/http/page.js';
import { ControlPlaneError } from '../platform/errors.js';
import { ArtifactStore } from './artifact.store.js';
import { ReportStore } from './report.store.js';
import type { BuiltVariant } from './variant-builder.js';
import { Variant } from './variant.entity.js';
import type { StoredContent } from './version-content.js';
import { Version } from './version.entity.js';

export interface NewVersion extends StoredContent {
  readonly fleet: string;
  readonly model: string;
  readonly version: string;
  readonly contentDigest: string;
  /** How they were made. */
  readonly report?: CompressionReport | undefined;
}

export interface VersionWithVariants {
  readonly version: Version;
  readonly variants: readonly Variant[];
}

/** Versions in the database. */
@Injectable()
export class VersionStore {
  constructor(
    private readonly database: DataSource,
    private readonly artifacts: ArtifactStore,
    private readonly reports: ReportStore,
    private readonly clock: Clock,
  ) {}

  async find(
    fleet: string,
    model: string,
    version: string,
    manager: EntityManager = this.database.manager,
  ): Promise<VersionWithVariants | undefined> {
    const found = await manager.findOneBy(Version, { fleet, model, version });
    if (!found) return undefined;
    return { version: found, variants: await this.variantsOf(manager, [found.id]) };
  }

  /** @throws ControlPlaneError `version-not-found` */
  async get(
    fleet: string,
    model: string,
    version: string,
    manager?: EntityManager,
  ): Promise<VersionWithVariants> {
    const found = await this.find(fleet, model, version, manager);
    if (found) return found;
    throw new ControlPlaneError('version-not-found', `There is no version ${model}@${version}.`);
  }

  /** Locks the version's state until the transaction ends. */
  async hold(manager: EntityManager, named: Pick<NewVersion, 'fleet' | 'model' | 'version'>): Promise<void> {
    await manager.findOne(Version, { where: named, lock: { mode: 'pessimistic_read' } });
  }

  /** Oldest first; one more than asked for where there are more. */
  async list(fleet: string, model: string, query: PageQuery): Promise<VersionWithVariants[]> {
    const [createdAt, id] = decodeCursor(query, ['timestamp', 'uuid']) ?? [];
    const builder = this.database
      .createQueryBuilder(Version, 'version')
      .where('version.fleet = :fleet AND version.model = :model', { fleet, model })
      .orderBy('version.created_at')
      .addOrderBy('version.id')
      .limit(query.limit + 1);
    if (createdAt !== undefined) {
      builder.andWhere('(version.created_at, version.id) > (:createdAt, :id)', { createdAt, id });
    }
    const versions = await builder.getMany();
    const variants = await this.variantsOf(
      this.database.manager,
      versions.map(({ id }) => id),
    );
    return versions.map((version) => ({
      version,
      variants: variants.filter(({ versionId }) => versionId === version.id),
    }));
  }

  /** Stores a validated version with everything that delivery needs, in the caller's transaction. */
  async insert(manager: EntityManager, added: NewVersion): Promise<string> {
    const id = randomUUID();
    const { fleet, model, version, bundle, contentDigest } = added;
    const now = this.clock.now();
    await manager.insert(Version, {
      ...{ id, fleet, model, version, contentDigest, state: 'validated', createdAt: now, validatedAt: now },
      bundle: bundle as object,
    });
    const stored = new Map([...added.files, ...added.variants.flatMap(({ made }) => [...made])]);
    await this.artifacts.claim(manager, fleet, [...stored.values()]);
    await manager.query(
      `INSERT INTO version_artifacts (version_id, path, sha256)
       SELECT $1, path, sha256 FROM unnest($2::text[], $3::text[]) AS given (path, sha256)`,
      [id, [...stored.keys()], [...stored.values()].map(({ sha256 }) => sha256)],
    );
    for (const variant of added.variants) await insertVariant(manager, id, variant);
    if (added.report) await this.reports.keep(manager, id, added.report);
    return id;
  }

  /** Answers whether the report said anything new; see `ReportStore.keep`. */
  keepReport(manager: EntityManager, versionId: string, report: CompressionReport): Promise<boolean> {
    return this.reports.keep(manager, versionId, report);
  }

  provenance(versionId: string): Promise<CompressionReport | null> {
    return this.reports.provenance(this.database.manager, versionId);
  }

  private variantsOf(manager: EntityManager, versionIds: readonly string[]): Promise<Variant[]> {
    return manager.find(Variant, { where: { versionId: In([...versionIds]) }, order: { name: 'ASC' } });
  }
}

async function insertVariant(
  manager: EntityManager,
  versionId: string,
  variant: BuiltVariant,
): Promise<void> {
  const { name, bundle, chunks, lengthBytes, modelBytes } = variant;
  await manager.insert(Variant, {
    ...{ versionId, name, lengthBytes, modelBytes },
    bundleSha256: bundle.sha256,
    bundleLength: bundle.length,
    bundleChunks: bundle.chunks,
  });
  // The same bundle in another fleet has the same chunks: its rows serve both.
  await manager.query(
    `INSERT INTO bundle_chunks (bundle_sha256, sha256, artifact, byte_offset, length)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[], $5::int[])
     ON CONFLICT DO NOTHING`,
    [
      bundle.sha256,
      chunks.map(({ sha256 }) => sha256),
      chunks.map(({ artifact }) => artifact),
      chunks.map(({ offset }) => offset),
      chunks.map(({ length }) => length),
    ],
  );
}
