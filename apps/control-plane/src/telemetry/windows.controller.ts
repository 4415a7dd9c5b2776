import { Controller, Get, Param, Query } from '@nestjs/common';
import { DeviceId, documentOf, pageOf, PageQuery, TelemetryWindow, type Page } from '@hamon/contracts';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import type { AdminCaller } from '../platform/http/caller.js';
import { decodeCursor, toPage } from '../platform/http/page.js';
import { DeviceStore } from '../fleet/device.store.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { WindowStore } from './window.store.js';

@Controller('v1/devices/:device/windows')
@Admin()
export class WindowsController {
  constructor(
    private readonly devices: DeviceStore,
    private readonly windows: WindowStore,
  ) {}

  @Get()
  @Api({
    summary: "List a device's telemetry windows, newest first",
    params: { device: DeviceId },
    query: PageQuery,
    answer: documentOf('windows', pageOf(TelemetryWindow)),
  })
  async list(
    @Caller() { fleet }: AdminCaller,
    @Param('device', zod(DeviceId, 'device')) device: string,
    @Query(zod(PageQuery)) query: PageQuery,
  ): Promise<Page<TelemetryWindow>> {
    // The fleet may read what a device reported, also a retired one.
    await this.devices.require(fleet, device);
    const rows = await this.windows.page(device, query.limit + 1, decodeCursor(query, ['timestamp', 'uuid']));
    return toPage(
      rows,
      query.limit,
      ({ startedAt, id }) => [startedAt, id],
      ({ body }) => body,
    );
  }
}
