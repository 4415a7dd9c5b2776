import { reportPage } from '@hamon/compress';
import { Body, Controller, Get, Header, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import {
  CompressionEventView,
  CompressionView,
  documentOf,
  pageOf,
  ListQuery,
  StartCompression,
  type Page,
} from '@hamon/contracts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import type { AdminCaller } from '../platform/http/caller.js';
import { sendEventStream } from '../platform/http/send-event-stream.js';
import { IdQuery } from '../platform/http/id-prefix.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { CompressionEventStream } from './compression-event.stream.js';
import { CompressionService } from './compression.service.js';
import { CompressionStart } from './compression-start.js';
import { CompressionWorker } from './compression-worker.js';

const CompressionId = z.uuid();
const params = { id: CompressionId };
const Report = z.looseObject({ schema: z.literal('hamon.compress-report/1') });
const answer = documentOf('compression', CompressionView);

/** `id`: only those whose id begins so. */
const CompressionQuery = ListQuery.extend(IdQuery.shape);
type CompressionQuery = z.infer<typeof CompressionQuery>;

@Controller('v1/compressions')
@Admin()
export class CompressionController {
  constructor(
    private readonly service: CompressionService,
    private readonly starter: CompressionStart,
    private readonly worker: CompressionWorker,
    private readonly stream: CompressionEventStream,
  ) {}

  @Post()
  @Api({
    summary: 'Make variants of a version; the result is a new version',
    body: StartCompression,
    answer,
    status: 201,
  })
  async start(
    @Caller() caller: AdminCaller,
    @Body(zod(StartCompression)) wanted: StartCompression,
  ): Promise<CompressionView> {
    const id = await this.starter.start(caller, wanted);
    this.worker.kick();
    return this.service.get(caller.fleet, id);
  }

  @Get()
  @Api({
    summary: 'List compressions, newest first',
    query: CompressionQuery,
    answer: documentOf('compressions', pageOf(CompressionView)),
  })
  list(
    @Caller() { fleet }: AdminCaller,
    @Query(zod(CompressionQuery)) query: CompressionQuery,
  ): Promise<Page<CompressionView>> {
    return this.service.list(fleet, query);
  }

  @Get(':id')
  @Api({ summary: 'Show a compression', params, answer })
  show(
    @Caller() { fleet }: AdminCaller,
    @Param('id', zod(CompressionId, 'id')) id: string,
  ): Promise<CompressionView> {
    return this.service.get(fleet, id);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Api({ summary: 'End a compression that waits or runs', params, answer })
  async cancel(
    @Caller() caller: AdminCaller,
    @Param('id', zod(CompressionId, 'id')) id: string,
  ): Promise<CompressionView> {
    const view = await this.service.cancel(caller, id);
    this.worker.drop(id);
    return view;
  }

  @Get(':id/report')
  @Api({ summary: 'What a compression made and measured: hamon.compress-report/1', params, answer: Report })
  async report(
    @Caller() { fleet }: AdminCaller,
    @Param('id', zod(CompressionId, 'id')) id: string,
  ): Promise<object> {
    return this.service.report(fleet, id);
  }

  @Get(':id/report.html')
  @Api({ summary: 'The same report as a page', params })
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
  async reportPage(
    @Caller() { fleet }: AdminCaller,
    @Param('id', zod(CompressionId, 'id')) id: string,
  ): Promise<string> {
    return reportPage(await this.service.report(fleet, id));
  }

  @Get(':id/events')
  @Api({
    summary:
      'Follow a compression: server-sent events, resumable by Last-Event-ID, ending with the compression',
    params,
    answer: documentOf('compression-event', CompressionEventView),
  })
  async follow(
    @Caller() { fleet }: AdminCaller,
    @Param('id', zod(CompressionId, 'id')) id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Before the stream begins: an unknown compression is a problem document, not a broken stream.
    await this.service.get(fleet, id);
    await sendEventStream(reply, lastEventId, (seq, signal) => this.stream.follow(fleet, id, seq, signal));
  }
}
