import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  BenchmarkView,
  DeviceId,
  documentOf,
  pageOf,
  ListQuery,
  RequestBenchmark,
  type Page,
} from '@hamon/contracts';
import { z } from 'zod';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import type { AdminCaller } from '../platform/http/caller.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { BenchmarkService } from './benchmark.service.js';

const BenchmarkId = z.uuid();
const ofDevice = { device: DeviceId };
const params = { id: BenchmarkId };
const answer = documentOf('benchmark', BenchmarkView);

@Controller('v1')
@Admin()
export class BenchmarkController {
  constructor(private readonly benchmarks: BenchmarkService) {}

  @Post('devices/:device/benchmarks')
  @Api({
    summary: 'Have a device measure every variant of a version in its idle time',
    params: ofDevice,
    body: RequestBenchmark,
    answer,
    status: 201,
  })
  request(
    @Caller() caller: AdminCaller,
    @Param('device', zod(DeviceId, 'device')) device: string,
    @Body(zod(RequestBenchmark)) body: RequestBenchmark,
  ): Promise<BenchmarkView> {
    return this.benchmarks.request(caller, device, body);
  }

  @Get('devices/:device/benchmarks')
  @Api({
    summary: 'List the benchmarks of a device, newest first',
    params: ofDevice,
    query: ListQuery,
    answer: documentOf('benchmarks', pageOf(BenchmarkView)),
  })
  list(
    @Caller() { fleet }: AdminCaller,
    @Param('device', zod(DeviceId, 'device')) device: string,
    @Query(zod(ListQuery)) query: ListQuery,
  ): Promise<Page<BenchmarkView>> {
    return this.benchmarks.list(fleet, device, query);
  }

  @Get('benchmarks/:id')
  @Api({ summary: 'Show a benchmark', params, answer })
  show(
    @Caller() { fleet }: AdminCaller,
    @Param('id', zod(BenchmarkId, 'id')) id: string,
  ): Promise<BenchmarkView> {
    return this.benchmarks.get(fleet, id);
  }

  @Post('benchmarks/:id/cancel')
  @HttpCode(200)
  @Api({ summary: 'Cancel a benchmark; an ended one stays as it is', params, answer })
  cancel(
    @Caller() caller: AdminCaller,
    @Param('id', zod(BenchmarkId, 'id')) id: string,
  ): Promise<BenchmarkView> {
    return this.benchmarks.cancel(caller, id);
  }
}
