import { Controller, Get, Param, Query } from '@nestjs/common';
import { ChoiceQuery, documentOf, ModelName, VersionChoicesView, VersionName } from '@hamon/contracts';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import type { AdminCaller } from '../platform/http/caller.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { ChoiceService } from './choice.service.js';

@Controller('v1/models/:model/versions/:version/choices')
@Admin()
export class ChoiceController {
  constructor(private readonly choices: ChoiceService) {}

  @Get()
  @Api({
    summary: 'What a rollout would put on which hardware class, and why',
    params: { model: ModelName, version: VersionName },
    query: ChoiceQuery,
    answer: documentOf('choices', VersionChoicesView),
  })
  show(
    @Caller() { fleet }: AdminCaller,
    @Param('model', zod(ModelName, 'model')) model: string,
    @Param('version', zod(VersionName, 'version')) version: string,
    @Query(zod(ChoiceQuery)) query: ChoiceQuery,
  ): Promise<VersionChoicesView> {
    return this.choices.show(fleet, { model, version }, query);
  }
}
