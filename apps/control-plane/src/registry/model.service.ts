import { Injectable } from '@nestjs/common';
import type {
  BundleDocument,
  CreateModel,
  ListQuery,
  ModelView,
  Page,
  SetCloudModel,
} from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import type { AdminCaller } from '../platform/http/caller.js';
import { actorOf } from '../platform/http/caller.js';
import { AuditService } from '../audit/audit.service.js';
import { ControlPlaneError } from '../platform/errors.js';
import { queryPage } from '../platform/http/list-page.js';
import { fieldCondition } from '../platform/http/where.js';
import { Model } from './model.entity.js';
import { VersionStore } from './version.store.js';

/** A version that is set to answer in the cloud. */
export interface ServedVersion {
  readonly versionId: string;
  readonly version: string;
  readonly variant: string;
  readonly bundle: BundleDocument;
}

/** Models, and which version of each answers in the cloud. */
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

  /** By name. */
  async list(fleet: string, query: ListQuery): Promise<Page<ModelView>> {
    const list = {
      columns: `name, task, created_at AS "createdAt", cloud_version AS "cloudVersion", cloud_variant AS "cloudVariant"`,
      ...{ from: 'models', scope: 'fleet = $1', parameters: [fleet] },
      condition: fieldCondition({ name: 'name', task: 'task', cloud: 'cloud_version' }),
      key: [{ sql: 'name', kind: 'text' }],
      order: 'ASC',
    } as const;
    return queryPage(this.database, list, query, viewOf);
  }

  /** Chooses the version that answers `POST /v1/inference/{model}`. */
  async serve(caller: AdminCaller, name: string, { version, variant }: SetCloudModel): Promise<ModelView> {
    const { fleet } = caller;
    await this.database.transaction(async (manager) => {
      await this.get(fleet, name, manager);
      // A concurrent retirement ends before this, or waits for it.
      await this.versions.hold(manager, { fleet, model: name, version });
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

  /** The version that answers in the cloud; undefined where none is set. */
  async served(fleet: string, model: string): Promise<ServedVersion | undefined> {
    const [row] = await this.database.query<ServedVersion[]>(
      `SELECT v.id AS "versionId", v.version, m.cloud_variant AS variant, v.bundle
       FROM models m
       JOIN versions v ON v.fleet = m.fleet AND v.model = m.name AND v.version = m.cloud_version
       WHERE m.fleet = $1 AND m.name = $2`,
      [fleet, model],
    );
    return row;
  }
}

type Shown = Pick<Model, 'name' | 'task' | 'createdAt' | 'cloudVersion' | 'cloudVariant'>;

const viewOf = ({ name, task, createdAt, cloudVersion, cloudVariant }: Shown): ModelView => ({
  name,
  task,
  createdAt: createdAt.toISOString(),
  cloud:
    cloudVersion === null || cloudVariant === null ? null : { version: cloudVersion, variant: cloudVariant },
});
