import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import {
  documentOf,
  ModelName,
  pageOf,
  PageQuery,
  PushVersion,
  VersionName,
  VersionView,
  type Page,
} from '@hamon/contracts';
import type { FastifyReply } from 'fastify';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import type { AdminCaller } from '../platform/http/caller.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { VersionPush } from './version-push.js';
import { VersionService } from './version.service.js';

const model = { model: ModelName };
const modelAndVersion = { ...model, version: VersionName };
const answer = documentOf('version', VersionView);

@Controller('v1/models/:model/versions')
@Admin()
export class VersionController {
  constructor(
    private readonly versions: VersionService,
    private readonly intake: VersionPush,
  ) {}

  @Post()
  @Api({
    summary: 'Validate and store a version whose files are uploaded',
    params: model,
    body: PushVersion,
    answer,
    status: 201,
  })
  async push(
    @Caller() caller: AdminCaller,
    @Param('model', zod(ModelName, 'model')) name: string,
    @Body(zod(PushVersion)) body: PushVersion,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VersionView> {
    const isNew = await this.intake.push(caller, name, body);
    reply.status(isNew ? 201 : 200);
    return this.versions.get(caller.fleet, name, body.version);
  }

  @Get()
  @Api({
    summary: 'List the versions of a model',
    params: model,
    query: PageQuery,
    answer: documentOf('versions', pageOf(VersionView)),
  })
  list(
    @Caller() caller: AdminCaller,
    @Param('model', zod(ModelName, 'model')) name: string,
    @Query(zod(PageQuery)) query: PageQuery,
  ): Promise<Page<VersionView>> {
    return this.versions.list(caller.fleet, name, query);
  }

  @Get(':version')
  @Api({ summary: 'Show a version', params: modelAndVersion, answer })
  get(
    @Caller() caller: AdminCaller,
    @Param('model', zod(ModelName, 'model')) name: string,
    @Param('version', zod(VersionName, 'version')) version: string,
  ): Promise<VersionView> {
    return this.versions.get(caller.fleet, name, version);
  }

  @Post(':version/release')
  @HttpCode(200)
  @Api({ summary: 'Release a validated version', params: modelAndVersion, answer })
  release(
    @Caller() caller: AdminCaller,
    @Param('model', zod(ModelName, 'model')) name: string,
    @Param('version', zod(VersionName, 'version')) version: string,
  ): Promise<VersionView> {
    return this.versions.release(caller, name, version);
  }
}
