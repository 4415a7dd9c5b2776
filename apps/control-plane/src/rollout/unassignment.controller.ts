import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { DeviceId, DeviceView, documentOf, UnassignModel } from '@hamon/contracts';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import type { AdminCaller } from '../platform/http/caller.js';
import { DeviceStore } from '../fleet/device.store.js';
import { viewOfDevice } from '../fleet/device.view.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { ManifestKey } from '../platform/keys/manifest-key.js';
import { Unassignment } from './unassignment.js';

@Controller('v1/devices/:id/unassign')
@Admin()
export class UnassignmentController {
  constructor(
    private readonly unassignment: Unassignment,
    private readonly devices: DeviceStore,
    private readonly key: ManifestKey,
  ) {}

  @Post()
  @HttpCode(200)
  @Api({
    summary: 'Take a model from a device',
    params: { id: DeviceId },
    body: UnassignModel,
    answer: documentOf('device', DeviceView),
  })
  async unassign(
    @Caller() caller: AdminCaller,
    @Param('id', zod(DeviceId, 'id')) id: string,
    @Body(zod(UnassignModel)) body: UnassignModel,
  ): Promise<DeviceView> {
    await this.unassignment.unassign(caller, id, body);
    return viewOfDevice(await this.devices.get(caller.fleet, id), await this.key.id());
  }
}
