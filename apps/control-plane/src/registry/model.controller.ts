import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import {
  CreateModel,
  documentOf,
  ModelName,
  ModelView,
  pageOf,
  ListQuery,
  SetCloudModel,
  type Page,
} from '@hamon/contracts';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import type { AdminCaller } from '../platform/http/caller.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { ModelService } from './model.service.js';

const params = { model: ModelName };
const answer = documentOf('model', ModelView);

@Controller('v1/models')
@Admin()
export class ModelController {
  constructor(private readonly models: ModelService) {}

  @Post()
  @Api({ summary: 'Create a model', body: CreateModel, answer, status: 201 })
  create(@Caller() caller: AdminCaller, @Body(zod(CreateModel)) body: CreateModel): Promise<ModelView> {
    return this.models.create(caller, body);
  }

  @Get()
  @Api({ summary: 'List models', query: ListQuery, answer: documentOf('models', pageOf(ModelView)) })
  list(@Caller() caller: AdminCaller, @Query(zod(ListQuery)) query: ListQuery): Promise<Page<ModelView>> {
    return this.models.list(caller.fleet, query);
  }

  @Get(':model')
  @Api({ summary: 'Show a model', params, answer })
  get(
    @Caller() caller: AdminCaller,
    @Param('model', zod(ModelName, 'model')) model: string,
  ): Promise<ModelView> {
    return this.models.get(caller.fleet, model);
  }

  @Put(':model/cloud')
  @Api({ summary: 'Choose the version that answers in the cloud', params, body: SetCloudModel, answer })
  serve(
    @Caller() caller: AdminCaller,
    @Param('model', zod(ModelName, 'model')) model: string,
    @Body(zod(SetCloudModel)) body: SetCloudModel,
  ): Promise<ModelView> {
    return this.models.serve(caller, model, body);
  }
}
