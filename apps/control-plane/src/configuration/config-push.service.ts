import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { DeviceConfigPlan, PushDeviceConfig, PushedConfigView, UnableDevice } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { DeviceStore } from '../fleet/device.store.js';
import { Outbox } from '../messaging/outbox.js';
import { Clock } from '../platform/clock/clock.js';
import { ControlPlaneError, must } from '../platform/errors.js';
import { actorOf, type AdminCaller } from '../platform/http/caller.js';
import { readSelector } from '../platform/http/where.js';
import { checkConfig, digestOfConfig } from './check-config.js';
import { ConfigAssignmentStore, type ConfigurableDevice } from './config-assignment.store.js';
import { changesBetween } from './config-changes.js';
import { DeviceConfigStore } from './device-config.store.js';
import { viewOfConfig } from './device-config.view.js';

/** The devices that a push selects. */
interface Selected {
  readonly able: readonly ConfigurableDevice[];
  readonly unable: readonly UnableDevice[];
}

/** Sends configurations to the devices that a selector selects. */
@Injectable()
export class ConfigPushService {
  constructor(
    private readonly database: DataSource,
    private readonly configs: DeviceConfigStore,
    private readonly assignments: ConfigAssignmentStore,
    private readonly devices: DeviceStore,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** What a push would do. */
  async plan({ fleet }: AdminCaller, wanted: PushDeviceConfig): Promise<DeviceConfigPlan> {
    const { config } = wanted;
    checkConfig(config);
    return this.database.transaction(async (manager) => {
      const { able, unable } = await this.select(manager, fleet, wanted);
      return {
        digest: digestOfConfig(config),
        devices: able.map((one) => ({
          device: one.device,
          version: one.version,
          changes: changesBetween(one.config, config),
        })),
        unable: [...unable],
      };
    });
  }

  /** The later of two pushes wins on each device; whoever sent the earlier one sees there that it is superseded. */
  async push(caller: AdminCaller, wanted: PushDeviceConfig): Promise<PushedConfigView> {
    const { fleet } = caller;
    const { config, where, trialSeconds } = wanted;
    checkConfig(config);
    const id = randomUUID();
    const digest = digestOfConfig(config);
    const createdAt = this.clock.now();
    const unable = await this.database.transaction(async (manager) => {
      await this.configs.lockFleet(manager, fleet);
      const selected = await this.select(manager, fleet, wanted);
      const devices = selected.able.map(({ device }) => device);
      await this.configs.insert(manager, {
        ...{ id, fleet, selector: where, config, digest, trialSeconds },
        ...{ createdAt, createdBy: actorOf(caller) },
      });
      await this.assignments.assign(manager, id, devices, createdAt);
      await this.outbox.addConfigs(manager, devices);
      await this.audit.record(manager, {
        ...{ fleet, actor: actorOf(caller), action: 'device-config.push', subject: id },
        detail: { where, digest, trialSeconds, withdraws: config === null, devices: devices.length },
      });
      return selected.unable;
    });
    this.outbox.kick();
    const row = must(await this.configs.find(fleet, id), `configuration ${id}`);
    return { ...viewOfConfig(row), unable: [...unable] };
  }

  private async select(
    manager: EntityManager,
    fleet: string,
    { where, ifVersion }: PushDeviceConfig,
  ): Promise<Selected> {
    const ids = await this.devices.select(manager, fleet, readSelector(where));
    if (ids.length === 0) {
      throw new ControlPlaneError('no-device-selected', `"${where}" selects no device.`);
    }
    const found = await this.assignments.devices(manager, ids);
    const able = found.filter(({ isAble }) => isAble);
    const unable = found.filter(({ isAble }) => !isAble).map(({ device }) => ({ device, why: UNABLE }));
    if (able.length === 0) {
      const detail = `None of the ${ids.length} selected devices takes a configuration: ${UNABLE}`;
      throw new ControlPlaneError('device-unable', detail);
    }
    refuseOthers(able, ifVersion);
    return { able, unable };
  }
}

const UNABLE = 'its agent has not reported that it knows configurations from the centre; update it first.';

function refuseOthers(devices: readonly ConfigurableDevice[], ifVersion: number | undefined): void {
  if (ifVersion === undefined) return;
  const other = devices.find(({ version }) => (version ?? 0) !== ifVersion);
  if (!other) return;
  throw new ControlPlaneError(
    'device-config-changed',
    `Device "${other.device}" was sent version ${other.version ?? 0} last, not ${ifVersion}: look at it, then send again.`,
  );
}
