import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { documentOf, ModelName, Retire, VersionName, VersionView } from '@hamon/contracts';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import type { AdminCaller } from '../platform/http/caller.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { VersionService } from '../registry/version.service.js';
import { VersionRetirement } from './version-retirement.js';

@Controller('v1/models/:model/versions/:version/retire')
@Admin()
export class VersionRetirementController {
  constructor(
    private readonly retirement: VersionRetirement,
    private readonly versions: VersionService,
  ) {}

  @Post()
  @HttpCode(200)
  @Api({
    summary: 'Retire a version: no new rollout, cloud model or measurement; devices that run it keep it',
    params: { model: ModelName, version: VersionName },
    body: Retire,
    answer: documentOf('version', VersionView),
  })
  async retire(
    @Caller() caller: AdminCaller,
    @Param('model', zod(ModelName, 'model')) model: string,
    @Param('version', zod(VersionName, 'version')) version: string,
    @Body(zod(Retire)) { why }: Retire,
  ): Promise<VersionView> {
    await this.retirement.retire(caller, model, version, why);
    return this.versions.get(caller.fleet, model, version);
  }
}
