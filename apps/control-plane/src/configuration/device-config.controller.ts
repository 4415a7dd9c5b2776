import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ConfigDeviceView,
  DeviceConfigPlan,
  DeviceConfigurationView,
  DeviceConfigView,
  DeviceId,
  documentOf,
  ListQuery,
  pageOf,
  PushDeviceConfig,
  PushedConfigView,
  type Page,
} from '@hamon/contracts';
import { z } from 'zod';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import type { AdminCaller } from '../platform/http/caller.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { ConfigPushService } from './config-push.service.js';
import { DeviceConfigService } from './device-config.service.js';

const ConfigId = z.uuid();
const params = { id: ConfigId };

@Controller('v1')
@Admin()
export class DeviceConfigController {
  constructor(
    private readonly pushes: ConfigPushService,
    private readonly configs: DeviceConfigService,
  ) {}

  @Post('device-configs')
  @Api({
    summary: 'Send a configuration to all devices that a selector selects',
    body: PushDeviceConfig,
    answer: documentOf('device-config-pushed', PushedConfigView),
    status: 201,
  })
  push(
    @Caller() caller: AdminCaller,
    @Body(zod(PushDeviceConfig)) body: PushDeviceConfig,
  ): Promise<PushedConfigView> {
    return this.pushes.push(caller, body);
  }

  @Post('device-configs/plan')
  @HttpCode(200)
  @Api({
    summary: 'Say what such a push would change on which devices; nothing is sent',
    body: PushDeviceConfig,
    answer: documentOf('device-config-plan', DeviceConfigPlan),
  })
  plan(
    @Caller() caller: AdminCaller,
    @Body(zod(PushDeviceConfig)) body: PushDeviceConfig,
  ): Promise<DeviceConfigPlan> {
    return this.pushes.plan(caller, body);
  }

  @Get('device-configs')
  @Api({
    summary: 'List the configurations that were sent, newest first',
    query: ListQuery,
    answer: documentOf('device-configs', pageOf(DeviceConfigView)),
  })
  list(
    @Caller() { fleet }: AdminCaller,
    @Query(zod(ListQuery)) query: ListQuery,
  ): Promise<Page<DeviceConfigView>> {
    return this.configs.list(fleet, query);
  }

  @Get('device-configs/:id')
  @Api({
    summary: 'Show a configuration, and how many devices are how far',
    params,
    answer: documentOf('device-config-sent', DeviceConfigView),
  })
  show(
    @Caller() { fleet }: AdminCaller,
    @Param('id', zod(ConfigId, 'id')) id: string,
  ): Promise<DeviceConfigView> {
    return this.configs.get(fleet, id);
  }

  @Get('device-configs/:id/devices')
  @Api({
    summary: 'List the devices that a configuration was sent to, and what became of it there',
    params,
    query: ListQuery,
    answer: documentOf('device-config-devices', pageOf(ConfigDeviceView)),
  })
  devices(
    @Caller() { fleet }: AdminCaller,
    @Param('id', zod(ConfigId, 'id')) id: string,
    @Query(zod(ListQuery)) query: ListQuery,
  ): Promise<Page<ConfigDeviceView>> {
    return this.configs.devicesOf(fleet, id, query);
  }

  @Get('devices/:device/configuration')
  @Api({
    summary: 'Show what a device is to use, and what it says of it',
    params: { device: DeviceId },
    answer: documentOf('device-configuration', DeviceConfigurationView),
  })
  ofDevice(
    @Caller() { fleet }: AdminCaller,
    @Param('device', zod(DeviceId, 'device')) device: string,
  ): Promise<DeviceConfigurationView> {
    return this.configs.ofDevice(fleet, device);
  }
}
