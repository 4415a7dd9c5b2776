import { Injectable } from '@nestjs/common';
import type { DeviceModelView, Reason, RunningVersion } from '@hamon/contracts';
import type { DataSource } from 'typeorm';
import { DesiredVersions } from './desired-versions.js';

type Database = Pick<DataSource, 'query'>;

/** What is known of a device's models. */
export interface ModelsOfDevice {
  /** By name. */
  readonly models: readonly DeviceModelView[];
  /** The one that was assigned first, else the first by name that it has; null where there is none. */
  readonly first: string | null;
}

interface SlotRow {
  readonly device: string;
  readonly slot: 'current' | 'previous' | 'candidate';
  readonly version: RunningVersion;
}

interface DeploymentRow {
  readonly device: string;
  readonly model: string;
  readonly deployment: DeviceModelView['deployment'];
}

interface ToldRow {
  readonly device: string;
  readonly model: string;
  readonly rejection: Reason | null;
  readonly provider: string | null;
}

const VERSION = `jsonb_build_object('model', model, 'version', version, 'variant', variant, 'bundle', bundle_sha256,
  'sequence', sequence)`;

/** The models of devices: what is desired there, and what they reported. */
@Injectable()
export class DeviceModels {
  constructor(private readonly desired: DesiredVersions) {}

  /** By device; nothing is desired of a retired one. */
  async of(
    database: Database,
    devices: readonly { readonly id: string; readonly retired_at: Date | null }[],
  ): Promise<ReadonlyMap<string, ModelsOfDevice>> {
    if (devices.length === 0) return new Map();
    const ids = devices.map(({ id }) => id);
    const present = devices.filter(({ retired_at: at }) => at === null).map(({ id }) => id);
    const desired = await this.desired.of(database, present);
    const found = new Map(ids.map((id) => [id, new Map<string, DeviceModelView>()]));
    const set = (device: string, model: string, change: Partial<DeviceModelView>): void => {
      const models = found.get(device);
      models?.set(model, { ...(models.get(model) ?? nothingOf(model)), ...change });
    };
    for (const { device, slot, version } of await slots(database, ids)) {
      set(device, version.model, { [slot]: version });
    }
    for (const { device, model, ...standing } of await deployments(database, ids))
      set(device, model, standing);
    for (const { device, model, rejection, provider } of await told(database, ids)) {
      set(device, model, { rejection, ...(provider !== null && { executionProvider: provider }) });
    }
    for (const [device, versions] of desired) {
      for (const version of versions) set(device, version.model, { desired: version });
    }
    return new Map(
      [...found].map(([device, byName]) => {
        const models = [...byName.values()].sort((a, b) => (a.model < b.model ? -1 : 1));
        const had = models.find(({ current }) => current !== null) ?? models[0];
        return [device, { models, first: desired.get(device)?.[0]?.model ?? had?.model ?? null }];
      }),
    );
  }
}

const nothingOf = (model: string): DeviceModelView => ({
  ...{ model, current: null, previous: null, candidate: null, desired: null },
  ...{ deployment: null, rejection: null },
});

const slots = (database: Database, devices: readonly string[]): Promise<SlotRow[]> =>
  database.query(
    `SELECT device, slot, ${VERSION} AS version FROM device_slots WHERE device = ANY ($1::text[])`,
    [devices],
  );

const deployments = (database: Database, devices: readonly string[]): Promise<DeploymentRow[]> =>
  database.query(
    `SELECT device, model, jsonb_build_object('version', ${VERSION}, 'state', state, 'chunks', chunks,
                                              'reason', reason) AS deployment
     FROM reported_deployments WHERE device = ANY ($1::text[])`,
    [devices],
  );

const told = (database: Database, devices: readonly string[]): Promise<ToldRow[]> =>
  database.query(
    `SELECT device, model, rejection, execution_provider AS provider FROM reported_models
     WHERE device = ANY ($1::text[]) AND (rejection IS NOT NULL OR execution_provider IS NOT NULL)`,
    [devices],
  );
