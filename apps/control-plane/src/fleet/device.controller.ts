import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import {
  DeviceId,
  DeviceView,
  documentOf,
  pageOf,
  PageQuery,
  PatchDevice,
  type Page,
} from '@hamon/contracts';
import { z } from 'zod';
import { Admin, Caller } from '../access/access.decorators.js';
import type { AdminCaller } from '../access/caller.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { DeviceService } from './device.service.js';

/** `where` is a selector expression; empty selects all. */
const DeviceQuery = PageQuery.extend({ where: z.string().max(1000).default('') });
type DeviceQuery = z.infer<typeof DeviceQuery>;

const params = { id: DeviceId };
const answer = documentOf('device', DeviceView);

@Controller('v1/devices')
@Admin()
export class DeviceController {
  constructor(private readonly devices: DeviceService) {}

  @Get()
  @Api({ summary: 'List devices', query: DeviceQuery, answer: documentOf('devices', pageOf(DeviceView)) })
  list(
    @Caller() caller: AdminCaller,
    @Query(zod(DeviceQuery)) query: DeviceQuery,
  ): Promise<Page<DeviceView>> {
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
}
