import { Controller, Get, Param, Query } from '@nestjs/common';
import { DeviceEvent, DeviceId, documentOf, ListQuery, pageOf, type Page } from '@hamon/contracts';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import type { AdminCaller } from '../platform/http/caller.js';
import { DeviceStore } from '../fleet/device.store.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { DeviceEventStore } from './device-event.store.js';

@Controller('v1/devices/:device/events')
@Admin()
export class DeviceEventsController {
  constructor(
    private readonly devices: DeviceStore,
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
    // The fleet may read what a device reported, also a retired one.
    await this.devices.require(fleet, device);
    return this.events.page(device, query);
  }
}
