import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CompressionReport, Page, PageQuery, PushVersion, VersionView } from '@hamon/contracts';
import canonicalize from 'canonicalize';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import type { AdminCaller } from '../access/caller.js';
import { actorOf } from '../access/caller.js';
import { AuditService } from '../audit/audit.service.js';
import { ControlPlaneError } from '../platform/errors.js';
import { toPage } from '../platform/http/page.js';
import { ArtifactStore, type StoredArtifact } from './artifact.store.js';
import { BundleIntake } from './bundle-intake.js';
import { ModelService } from './model.service.js';
import { checkPushed } from './pushed-files.js';
import { checkReport } from './pushed-report.js';
import { VariantProfileStore } from './variant-profile.store.js';
import { VariantBuilder, type BuiltVariant } from './variant-builder.js';
import { Version } from './version.entity.js';
import { VersionStore, type NewVersion, type VersionWithVariants } from './version.store.js';
import { viewOfVersion } from './version.view.js';

/** Takes versions in and releases them. */
@Injectable()
export class VersionService {
  constructor(
    private readonly database: DataSource,
    private readonly models: ModelService,
    private readonly versions: VersionStore,
    private readonly artifacts: ArtifactStore,
    private readonly intake: BundleIntake,
    private readonly builder: VariantBuilder,
    private readonly profiles: VariantProfileStore,
    private readonly audit: AuditService,
  ) {}

  async get(fleet: string, model: string, version: string): Promise<VersionView> {
    return this.view(await this.versions.get(fleet, model, version));
  }

  async list(fleet: string, model: string, query: PageQuery): Promise<Page<VersionView>> {
    await this.models.get(fleet, model);
    return toPage(
      await this.versions.list(fleet, model, query),
      query.limit,
      ({ version }) => [version.createdAt.toISOString(), version.id],
      ({ version, variants }) => viewOfVersion(version, variants),
    );
  }

  /**
   * Validates and stores a version. A version never changes: the same content again is answered as the first time, other
   * content is refused. A report is no content: what it adds to what is known of the same files is kept.
   *
   * @param alongside what shall be stored exactly when the version is created, in the same transaction
   */
  async push(
    caller: AdminCaller,
    model: string,
    pushed: PushVersion,
    alongside: (manager: EntityManager) => Promise<void> = () => Promise.resolve(),
  ): Promise<{ created: boolean; view: VersionView }> {
    const { fleet } = caller;
    const { task } = await this.models.get(fleet, model);
    const contentDigest = digestOf(pushed);
    const known = await this.repeated(caller, model, pushed, contentDigest);
    if (known) return { created: false, view: known };

    checkPushed(model, task, pushed);
    checkReport(pushed);
    const files = await this.uploadedFiles(fleet, pushed);
    const { bundle, newFiles } = await this.intake.validate(pushed);
    for (const [path, bytes] of newFiles) files.set(path, await this.artifacts.putBytes(bytes));
    const variants: BuiltVariant[] = [];
    for (const variant of bundle.variants) variants.push(await this.builder.build(bundle, variant, files));

    const { version, report } = pushed;
    const added = { fleet, model, version, bundle, contentDigest, files, variants, report };
    const created = await this.insert(caller, added, alongside);
    // Lost a race: what the winner pushed decides what the answer is.
    const twin = created ? undefined : await this.repeated(caller, model, pushed, contentDigest);
    return { created, view: twin ?? (await this.get(fleet, model, pushed.version)) };
  }

  /** validated → released: from now on rollouts may deploy it. Releasing a released version changes nothing. */
  async release(caller: AdminCaller, model: string, version: string): Promise<VersionView> {
    const { fleet } = caller;
    await this.database.transaction(async (manager) => {
      const row = await manager.findOne(Version, {
        where: { fleet, model, version },
        lock: { mode: 'pessimistic_write' },
      });
      if (!row) throw new ControlPlaneError('version-not-found', `There is no version ${model}@${version}.`);
      if (row.state === 'released') return;
      if (row.state !== 'validated') {
        throw new ControlPlaneError(
          'version-state',
          `${model}@${version} is ${row.state}; only a validated version can be released.`,
        );
      }
      await manager.update(Version, { id: row.id }, { state: 'released', releasedAt: new Date() });
      await this.audit.record(manager, {
        fleet,
        actor: actorOf(caller),
        action: 'version.release',
        subject: `${model}@${version}`,
      });
    });
    return this.get(fleet, model, version);
  }

  private async repeated(
    caller: AdminCaller,
    model: string,
    pushed: PushVersion,
    contentDigest: string,
  ): Promise<VersionView | undefined> {
    const found = await this.versions.find(caller.fleet, model, pushed.version);
    if (!found) return undefined;
    if (found.version.contentDigest !== contentDigest) {
      throw new ControlPlaneError(
        'version-exists',
        `${model}@${pushed.version} exists with other content; a version never changes, push it under a new number.`,
      );
    }
    checkReport(pushed);
    if (pushed.report) await this.keepReport(caller, found.version, pushed.report);
    return this.view(found);
  }

  private async keepReport(caller: AdminCaller, version: Version, report: CompressionReport): Promise<void> {
    await this.database.transaction(async (manager) => {
      if (!(await this.versions.keepReport(manager, version.id, report))) return;
      await this.audit.record(manager, {
        fleet: caller.fleet,
        actor: actorOf(caller),
        action: 'version.report',
        subject: `${version.model}@${version.version}`,
        detail: { hardwareClass: report.machine.hardwareClass, createdAt: report.createdAt },
      });
    });
  }

  private async view({ version, variants }: VersionWithVariants): Promise<VersionView> {
    const provenance = await this.versions.provenance(version.id);
    const profiles = await this.profiles.list(this.database.manager, version.id);
    return { ...viewOfVersion(version, variants), provenance, profiles };
  }

  private async uploadedFiles(fleet: string, { files }: PushVersion): Promise<Map<string, StoredArtifact>> {
    const found = new Map<string, StoredArtifact>();
    for (const [i, { path, sha256, length }] of files.entries()) {
      const stored = await this.artifacts.reserve(fleet, sha256);
      const rule =
        stored === undefined
          ? `"${path}" was not uploaded: PUT /v1/artifacts/${sha256} first`
          : `"${path}" has ${stored} bytes, ${length} were announced`;
      if (stored !== length) {
        const field = `files.${i}`;
        throw new ControlPlaneError('artifact-missing', `${field}: ${rule}`, { errors: [{ field, rule }] });
      }
      found.set(path, { sha256, length });
    }
    return found;
  }

  /** False where somebody else stored this version first. */
  private async insert(
    caller: AdminCaller,
    added: NewVersion,
    alongside: (manager: EntityManager) => Promise<void>,
  ): Promise<boolean> {
    try {
      await this.database.transaction(async (manager) => {
        await this.versions.insert(manager, added);
        await this.audit.record(manager, {
          fleet: added.fleet,
          actor: actorOf(caller),
          action: 'version.push',
          subject: `${added.model}@${added.version}`,
          detail: {
            variants: Object.fromEntries(added.variants.map(({ name, bundle }) => [name, bundle.sha256])),
          },
        });
        await alongside(manager);
      });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }
}

/** Of what was pushed, whatever the order of files and keys. */
function digestOf({ bundle, files }: PushVersion): string {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return createHash('sha256')
    .update(canonicalize({ bundle, files: sorted }) ?? '')
    .digest('hex');
}

const isUniqueViolation = (error: unknown): boolean =>
  error instanceof QueryFailedError && (error.driverError as { code?: string }).code === '23505';
