import { Injectable } from '@nestjs/common';
import type { Page, PageQuery, VersionView } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { actorOf, type AdminCaller } from '../access/caller.js';
import { AuditService } from '../audit/audit.service.js';
import { ControlPlaneError } from '../platform/errors.js';
import { toPage } from '../platform/http/page.js';
import { ModelService } from './model.service.js';
import { VariantProfileStore } from './variant-profile.store.js';
import { Version } from './version.entity.js';
import { VersionStore } from './version.store.js';
import { viewOfVersion } from './version.view.js';

/** Shows versions and releases them. */
@Injectable()
export class VersionService {
  constructor(
    private readonly database: DataSource,
    private readonly models: ModelService,
    private readonly versions: VersionStore,
    private readonly profiles: VariantProfileStore,
    private readonly audit: AuditService,
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
    return toPage(
      await this.versions.list(fleet, model, query),
      query.limit,
      ({ version }) => [version.createdAt.toISOString(), version.id],
      ({ version, variants }) => viewOfVersion(version, variants),
    );
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
}
