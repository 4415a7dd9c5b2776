import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  DeviceId,
  DeviceView,
  documentOf,
  ListQuery,
  pageOf,
  PatchDevice,
  Retire,
  type Page,
} from '@hamon/contracts';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import type { AdminCaller } from '../platform/http/caller.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { DeviceRetirement } from './device-retirement.service.js';
import { DeviceService } from './device.service.js';

const params = { id: DeviceId };
const answer = documentOf('device', DeviceView);

@Controller('v1/devices')
@Admin()
export class DeviceController {
  constructor(
    private readonly devices: DeviceService,
    private readonly retirement: DeviceRetirement,
  ) {}

  @Get()
  @Api({ summary: 'List devices', query: ListQuery, answer: documentOf('devices', pageOf(DeviceView)) })
  list(@Caller() caller: AdminCaller, @Query(zod(ListQuery)) query: ListQuery): Promise<Page<DeviceView>> {
    return this.devices.list(caller.fleet, query);
  }

  @Get(':id')
  @Api({ summary: 'Show a device', params, answer })
  get(@Caller() caller: AdminCaller, @Param('id', zod(DeviceId, 'id')) id: string): Promise<DeviceView> {
    return this.devices.get(caller.fleet, id);
  }

  @Patch(':id')
  @Api({ summary: 'Set and remove labels', params, body: PatchDevice, answer })
  label(
    @Caller() caller: AdminCaller,
    @Param('id', zod(DeviceId, 'id')) id: string,
    @Body(zod(PatchDevice)) body: PatchDevice,
  ): Promise<DeviceView> {
    return this.devices.label(caller, id, body);
  }

  @Post(':id/retire')
  @HttpCode(200)
  @Api({
    summary: 'Shut a device out for good: connection, key, desired state',
    params,
    body: Retire,
    answer,
  })
  async retire(
    @Caller() caller: AdminCaller,
    @Param('id', zod(DeviceId, 'id')) id: string,
    @Body(zod(Retire)) { why }: Retire,
  ): Promise<DeviceView> {
    await this.retirement.retire(caller, id, why);
    return this.devices.get(caller.fleet, id);
  }
}
