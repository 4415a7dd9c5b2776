import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CompressionReport, PushVersion } from '@hamon/contracts';
import canonicalize from 'canonicalize';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { actorOf, type AdminCaller } from '../platform/http/caller.js';
import { AuditService } from '../audit/audit.service.js';
import { ControlPlaneError } from '../platform/errors.js';
import { ModelService } from './model.service.js';
import { checkPushed } from './pushed-files.js';
import { checkReport } from './pushed-report.js';
import { VersionContent } from './version-content.js';
import type { Version } from './version.entity.js';
import { VersionStore, type NewVersion } from './version.store.js';

/** Takes versions in. */
@Injectable()
export class VersionPush {
  constructor(
    private readonly database: DataSource,
    private readonly models: ModelService,
    private readonly versions: VersionStore,
    private readonly content: VersionContent,
    private readonly audit: AuditService,
  ) {}

  /**
   * Validates and stores a version. A version never changes: the same content again gets the first answer, other
   * content is refused. A report does not count as content: what it adds about the same files is kept.
   *
   * @param alongside is stored exactly when the version is created, in the same transaction
   * @returns whether the version is new
   */
  async push(
    caller: AdminCaller,
    model: string,
    pushed: PushVersion,
    alongside: (manager: EntityManager) => Promise<void> = () => Promise.resolve(),
  ): Promise<boolean> {
    const { fleet } = caller;
    const { version, report } = pushed;
    const { task } = await this.models.get(fleet, model);
    const contentDigest = digestOf(pushed);
    if (await this.isRepeated(caller, model, pushed, contentDigest)) return false;

    checkPushed(model, task, pushed);
    checkReport(pushed);
    const content = await this.content.make(fleet, pushed);
    const added = { fleet, model, version, contentDigest, ...content, report };
    if (await this.insert(caller, added, alongside)) return true;
    // Lost a race: what the winner pushed decides the answer.
    await this.isRepeated(caller, model, pushed, contentDigest);
    return false;
  }

  /** Keeps what a repetition reports beyond what is known. */
  private async isRepeated(
    caller: AdminCaller,
    model: string,
    pushed: PushVersion,
    contentDigest: string,
  ): Promise<boolean> {
    const found = await this.versions.find(caller.fleet, model, pushed.version);
    if (!found) return false;
    if (found.version.contentDigest !== contentDigest) {
      throw new ControlPlaneError(
        'version-exists',
        `${model}@${pushed.version} exists with other content; a version never changes, push it under a new number.`,
      );
    }
    checkReport(pushed);
    if (pushed.report) await this.keepReport(caller, found.version, pushed.report);
    return true;
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

  /** False where another push stored this version first. */
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

/** Digest of what was pushed, whatever the order of files and keys. */
function digestOf({ bundle, files }: PushVersion): string {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return createHash('sha256')
    .update(canonicalize({ bundle, files: sorted }) ?? '')
    .digest('hex');
}

const isUniqueViolation = (error: unknown): boolean =>
  error instanceof QueryFailedError && (error.driverError as { code?: string }).code === '23505';
