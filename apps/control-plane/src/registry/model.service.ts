import { Injectable } from '@nestjs/common';
import type { CreateModel, ModelView, Page, PageQuery, SetCloudModel } from '@hamon/contracts';
import { DataSource, type EntityManager, MoreThan } from 'typeorm';
import type { AdminCaller } from '../access/caller.js';
import { actorOf } from '../access/caller.js';
import { AuditService } from '../audit/audit.service.js';
import { ControlPlaneError } from '../platform/errors.js';
import { decodeCursor, toPage } from '../platform/http/page.js';
import { Model } from './model.entity.js';
import { VersionStore } from './version.store.js';

/** Models, and which version of one answers for the cloud. */
@Injectable()
export class ModelService {
  constructor(
    private readonly database: DataSource,
    private readonly versions: VersionStore,
    private readonly audit: AuditService,
  ) {}

  async create(caller: AdminCaller, { name, task }: CreateModel): Promise<ModelView> {
    const { fleet } = caller;
    await this.database.transaction(async (manager) => {
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(Model)
        .values({ fleet, name, task })
        .orIgnore()
        .returning('name')
        .execute();
      if ((inserted.raw as unknown[]).length === 0) {
        throw new ControlPlaneError('model-exists', `There is a model "${name}" already.`);
      }
      await this.audit.record(manager, {
        fleet,
        actor: actorOf(caller),
        action: 'model.create',
        subject: name,
      });
    });
    return this.get(fleet, name);
  }

  async get(fleet: string, name: string, manager: EntityManager = this.database.manager): Promise<ModelView> {
    const model = await manager.findOneBy(Model, { fleet, name });
    if (!model) throw new ControlPlaneError('model-not-found', `There is no model "${name}".`);
    return viewOf(model);
  }

  async list(fleet: string, query: PageQuery): Promise<Page<ModelView>> {
    const [after] = decodeCursor(query, ['text']) ?? [];
    const models = await this.database.manager.find(Model, {
      where: { fleet, ...(after === undefined ? {} : { name: MoreThan(after) }) },
      order: { name: 'ASC' },
      take: query.limit + 1,
    });
    return toPage(models, query.limit, ({ name }) => [name], viewOf);
  }

  /** Chooses who answers `POST /v1/inference/{model}`. */
  async serve(caller: AdminCaller, name: string, { version, variant }: SetCloudModel): Promise<ModelView> {
    const { fleet } = caller;
    await this.database.transaction(async (manager) => {
      await this.get(fleet, name, manager);
      const found = await this.versions.get(fleet, name, version, manager);
      if (!found.variants.some((one) => one.name === variant)) {
        throw new ControlPlaneError('variant-not-found', `${name}@${version} has no variant "${variant}".`);
      }
      if (found.version.state === 'retired') {
        throw new ControlPlaneError('version-state', `${name}@${version} is retired.`);
      }
      await manager.update(Model, { fleet, name }, { cloudVersion: version, cloudVariant: variant });
      await this.audit.record(manager, {
        fleet,
        actor: actorOf(caller),
        action: 'model.serve',
        subject: name,
        detail: { version, variant },
      });
    });
    return this.get(fleet, name);
  }
}

const viewOf = ({ name, task, createdAt, cloudVersion, cloudVariant }: Model): ModelView => ({
  name,
  task,
  createdAt: createdAt.toISOString(),
  cloud:
    cloudVersion === null || cloudVariant === null ? null : { version: cloudVersion, variant: cloudVariant },
});
