import { Controller, Get, Param, Query } from '@nestjs/common';
import { DeviceEvent, DeviceId, documentOf, ListQuery, pageOf, type Page } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { Admin, Caller } from '../access/access.decorators.js';
import type { AdminCaller } from '../access/caller.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { DeviceEventStore } from './device-event.store.js';
import { requireKnownDevice } from './known-device.js';

@Controller('v1/devices/:device/events')
@Admin()
export class DeviceEventsController {
  constructor(
    private readonly database: DataSource,
    private readonly events: DeviceEventStore,
  ) {}

  @Get()
  @Api({
    summary: "List a device's events, newest first",
    params: { device: DeviceId },
    query: ListQuery,
    answer: documentOf('device-events', pageOf(DeviceEvent)),
  })
  async list(
    @Caller() { fleet }: AdminCaller,
    @Param('device', zod(DeviceId, 'device')) device: string,
    @Query(zod(ListQuery)) query: ListQuery,
  ): Promise<Page<DeviceEvent>> {
    await requireKnownDevice(this.database, fleet, device);
    return this.events.page(device, query);
  }
}
