import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import {
  CreateEnrolmentToken,
  documentOf,
  EnrolmentTokenView,
  pageOf,
  PageQuery,
  type Page,
} from '@hamon/contracts';
import { Admin, Caller } from '../access/access.decorators.js';
import type { AdminCaller } from '../access/caller.js';
import { SecretAnswer } from '../platform/idempotency/secret-answer.decorator.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { EnrolmentTokenService } from './enrolment-token.service.js';

@Controller('v1/enrolment-tokens')
@Admin()
export class EnrolmentTokenController {
  constructor(private readonly tokens: EnrolmentTokenService) {}

  @Post()
  @SecretAnswer()
  @Api({
    summary: 'Make a token that lets devices in; it is shown in this answer only',
    body: CreateEnrolmentToken,
    answer: documentOf('enrolment-token', EnrolmentTokenView),
    status: 201,
  })
  create(
    @Caller() caller: AdminCaller,
    @Body(zod(CreateEnrolmentToken)) body: CreateEnrolmentToken,
  ): Promise<EnrolmentTokenView> {
    return this.tokens.create(caller, body);
  }

  @Get()
  @Api({
    summary: 'List enrolment tokens',
    query: PageQuery,
    answer: documentOf('enrolment-tokens', pageOf(EnrolmentTokenView)),
  })
  list(
    @Caller() caller: AdminCaller,
    @Query(zod(PageQuery)) query: PageQuery,
  ): Promise<Page<EnrolmentTokenView>> {
    return this.tokens.list(caller.fleet, query);
  }
}
