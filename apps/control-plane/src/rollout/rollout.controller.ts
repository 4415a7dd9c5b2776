import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import {
  AbortRollout,
  documentOf,
  LatecomersView,
  pageOf,
  ListQuery,
  RolloutEventView,
  RolloutMemberView,
  RolloutView,
  StartRollout,
  type Page,
} from '@hamon/contracts';
import { abortRollout, approveRollout, pauseRollout, resumeRollout } from '@hamon/rollout';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import { actorOf, type AdminCaller } from '../platform/http/caller.js';
import { sendEventStream } from '../platform/http/send-event-stream.js';
import { IdQuery } from '../platform/http/id-prefix.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { Latecomers } from './latecomers.js';
import { RolloutEventStream } from './rollout-event.stream.js';
import { RolloutService } from './rollout.service.js';
import { RolloutStart, type RolloutRequest } from './rollout-start.js';
import { RolloutWorker } from './rollout-worker.js';

const RolloutId = z.uuid();
const params = { id: RolloutId };
const answer = documentOf('rollout', RolloutView);

/** `id`: only those whose id begins so. */
const RolloutQuery = ListQuery.extend(IdQuery.shape);
type RolloutQuery = z.infer<typeof RolloutQuery>;

@Controller('v1/rollouts')
@Admin()
export class RolloutController {
  constructor(
    private readonly service: RolloutService,
    private readonly starter: RolloutStart,
    private readonly worker: RolloutWorker,
    private readonly stream: RolloutEventStream,
    private readonly late: Latecomers,
  ) {}

  @Post()
  @Api({ summary: 'Start a rollout', body: StartRollout, answer, status: 201 })
  async start(
    @Caller() caller: AdminCaller,
    @Body(zod(StartRollout)) wanted: RolloutRequest,
  ): Promise<RolloutView> {
    const id = await this.starter.start(caller.fleet, actorOf(caller), wanted);
    this.worker.kick();
    return this.service.get(caller.fleet, id);
  }

  @Get()
  @Api({
    summary: 'List rollouts, newest first',
    query: RolloutQuery,
    answer: documentOf('rollouts', pageOf(RolloutView)),
  })
  list(
    @Caller() { fleet }: AdminCaller,
    @Query(zod(RolloutQuery)) query: RolloutQuery,
  ): Promise<Page<RolloutView>> {
    return this.service.list(fleet, query);
  }

  @Get(':id')
  @Api({ summary: 'Show a rollout', params, answer })
  show(
    @Caller() { fleet }: AdminCaller,
    @Param('id', zod(RolloutId, 'id')) id: string,
  ): Promise<RolloutView> {
    return this.service.get(fleet, id);
  }

  @Get(':id/members')
  @Api({
    summary: 'List the devices of a rollout in the order in which it reaches them',
    params,
    query: ListQuery,
    answer: documentOf('rollout-members', pageOf(RolloutMemberView)),
  })
  members(
    @Caller() { fleet }: AdminCaller,
    @Param('id', zod(RolloutId, 'id')) id: string,
    @Query(zod(ListQuery)) query: ListQuery,
  ): Promise<Page<RolloutMemberView>> {
    return this.service.listMembers(fleet, id, query);
  }

  @Get(':id/latecomers')
  @Api({
    summary: 'Devices that match now and are neither in the rollout nor in a later one',
    params,
    answer: documentOf('latecomers', LatecomersView),
  })
  latecomers(
    @Caller() { fleet }: AdminCaller,
    @Param('id', zod(RolloutId, 'id')) id: string,
  ): Promise<LatecomersView> {
    return this.late.of(fleet, id);
  }

  @Get(':id/events')
  @Api({
    summary: 'Follow a rollout: server-sent events, resumable by Last-Event-ID, ending with the rollout',
    params,
    answer: documentOf('rollout-event', RolloutEventView),
  })
  async follow(
    @Caller() { fleet }: AdminCaller,
    @Param('id', zod(RolloutId, 'id')) id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Before the stream begins: an unknown rollout is a problem document, not a broken stream.
    await this.service.find(fleet, id);
    await sendEventStream(reply, lastEventId, (seq, signal) => this.stream.follow(fleet, id, seq, signal));
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Api({ summary: 'Stop widening', params, answer })
  pause(@Caller() caller: AdminCaller, @Param('id', zod(RolloutId, 'id')) id: string): Promise<RolloutView> {
    const actor = actorOf(caller);
    return this.service.act(caller.fleet, actor, id, (rollout) => pauseRollout(rollout, caller.name));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Api({ summary: 'Go on after a pause', params, answer })
  resume(@Caller() caller: AdminCaller, @Param('id', zod(RolloutId, 'id')) id: string): Promise<RolloutView> {
    const actor = actorOf(caller);
    return this.service.act(caller.fleet, actor, id, (rollout, now) =>
      resumeRollout(rollout, caller.name, now),
    );
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Api({ summary: 'Let the next stage begin', params, answer })
  approve(
    @Caller() caller: AdminCaller,
    @Param('id', zod(RolloutId, 'id')) id: string,
  ): Promise<RolloutView> {
    const actor = actorOf(caller);
    return this.service.act(caller.fleet, actor, id, (rollout, now) =>
      approveRollout(rollout, caller.name, now),
    );
  }

  @Post(':id/abort')
  @HttpCode(200)
  @Api({
    summary: 'End a rollout, sending touched devices back where asked',
    params,
    body: AbortRollout,
    answer,
  })
  abort(
    @Caller() caller: AdminCaller,
    @Param('id', zod(RolloutId, 'id')) id: string,
    @Body(zod(AbortRollout)) { rollback }: AbortRollout,
  ): Promise<RolloutView> {
    return this.service.act(caller.fleet, actorOf(caller), id, (rollout, now) =>
      abortRollout(rollout, { by: caller.name, rollback }, now),
    );
  }
}
