import { Injectable } from '@nestjs/common';
import type {
  ConfigDeviceView,
  DeviceConfigurationView,
  DeviceConfigView,
  ListQuery,
  Page,
} from '@hamon/contracts';
import { DeviceStore } from '../fleet/device.store.js';
import { ControlPlaneError, must } from '../platform/errors.js';
import { ConfigAssignmentStore } from './config-assignment.store.js';
import { DeviceConfigStore, type ConfigRow } from './device-config.store.js';
import { viewOfAssignment, viewOfConfig, viewOfConfiguration } from './device-config.view.js';

/** Shows configurations, and what became of them. */
@Injectable()
export class DeviceConfigService {
  constructor(
    private readonly configs: DeviceConfigStore,
    private readonly assignments: ConfigAssignmentStore,
    private readonly devices: DeviceStore,
  ) {}

  async get(fleet: string, id: string): Promise<DeviceConfigView> {
    return viewOfConfig(await this.find(fleet, id));
  }

  list(fleet: string, query: ListQuery): Promise<Page<DeviceConfigView>> {
    return this.configs.page(fleet, query, viewOfConfig);
  }

  async devicesOf(fleet: string, id: string, query: ListQuery): Promise<Page<ConfigDeviceView>> {
    await this.find(fleet, id);
    return this.assignments.page(id, query, viewOfAssignment);
  }

  async ofDevice(fleet: string, device: string): Promise<DeviceConfigurationView> {
    await this.devices.require(fleet, device);
    const word = must(await this.assignments.wordOf(device), `device ${device}`);
    return viewOfConfiguration(device, word, await this.assignments.history(device));
  }

  private async find(fleet: string, id: string): Promise<ConfigRow> {
    const row = await this.configs.find(fleet, id);
    if (row) return row;
    throw new ControlPlaneError('device-config-not-found', `There is no configuration ${id}.`);
  }
}
