import { Injectable } from '@nestjs/common';
import type { Page, PageQuery, VersionView } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { actorOf, type AdminCaller } from '../platform/http/caller.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock/clock.js';
import { ControlPlaneError } from '../platform/errors.js';
import { toPage } from '../platform/http/page.js';
import { ModelService } from './model.service.js';
import { VariantProfileStore } from './variant-profile.store.js';
import { Version } from './version.entity.js';
import { VersionStore } from './version.store.js';
import { viewOfVersion } from './version.view.js';

/** Shows versions, releases and retires them. */
@Injectable()
export class VersionService {
  constructor(
    private readonly database: DataSource,
    private readonly models: ModelService,
    private readonly versions: VersionStore,
    private readonly profiles: VariantProfileStore,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async get(fleet: string, model: string, version: string): Promise<VersionView> {
    const found = await this.versions.get(fleet, model, version);
    const provenance = await this.versions.provenance(found.version.id);
    const { manager } = this.database;
    const profiles = await this.profiles.list(manager, found.version.id);
    const unfit = await this.profiles.listUnfit(manager, found.version.id);
    return { ...viewOfVersion(found.version, found.variants), provenance, profiles, unfit };
  }

  async list(fleet: string, model: string, query: PageQuery): Promise<Page<VersionView>> {
    await this.models.get(fleet, model);
    const page = toPage(
      await this.versions.list(fleet, model, query),
      query.limit,
      ({ version }) => [version.createdAt.toISOString(), version.id],
      ({ version, variants }) => viewOfVersion(version, variants),
    );
    if (!query.count) return page;
    return { ...page, total: await this.database.manager.countBy(Version, { fleet, model }) };
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
      await manager.update(Version, { id: row.id }, { state: 'released', releasedAt: this.clock.now() });
      await this.audit.record(manager, {
        fleet,
        actor: actorOf(caller),
        action: 'version.release',
        subject: `${model}@${version}`,
      });
    });
    return this.get(fleet, model, version);
  }

  /**
   * released or validated → retired, in the caller's transaction, which checks rollouts to it.
   *
   * @throws ControlPlaneError `version-not-found`, `version-state`
   */
  async retire(
    manager: EntityManager,
    caller: AdminCaller,
    { model, version, why }: { readonly model: string; readonly version: string; readonly why: string },
  ): Promise<void> {
    const { fleet } = caller;
    const name = `${model}@${version}`;
    const row = await manager.findOne(Version, {
      where: { fleet, model, version },
      lock: { mode: 'for_no_key_update' },
    });
    if (!row) throw new ControlPlaneError('version-not-found', `There is no version ${name}.`);
    if (row.state === 'retired') {
      const when = row.retiredAt === null ? '' : ` at ${row.retiredAt.toISOString()}`;
      throw new ControlPlaneError('version-state', `${name} was retired${when}: ${row.retiredWhy ?? ''}`);
    }
    const { cloud } = await this.models.get(fleet, model, manager);
    if (cloud?.version === version) {
      throw new ControlPlaneError(
        'version-state',
        `${name} answers in the cloud; let another version of ${model} do so first.`,
      );
    }
    await manager.update(
      Version,
      { id: row.id },
      { state: 'retired', retiredAt: () => 'now()', retiredWhy: why },
    );
    await this.audit.record(manager, {
      ...{ fleet, actor: actorOf(caller), action: 'version.retire', subject: name },
      detail: { why },
    });
  }
}
