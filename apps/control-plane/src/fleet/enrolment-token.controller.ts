import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import {
  CreateEnrolmentToken,
  documentOf,
  EnrolmentTokenView,
  ListQuery,
  pageOf,
  type Page,
} from '@hamon/contracts';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import { z } from 'zod';
import type { AdminCaller } from '../platform/http/caller.js';
import { SecretAnswer } from '../platform/idempotency/secret-answer.decorator.js';
import { IdQuery } from '../platform/http/id-prefix.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { EnrolmentTokenService } from './enrolment-token.service.js';

/** `id`: only those whose id begins so. */
const TokenQuery = ListQuery.extend(IdQuery.shape);
type TokenQuery = z.infer<typeof TokenQuery>;

const TokenId = z.uuid();
const answer = documentOf('enrolment-token', EnrolmentTokenView);

@Controller('v1/enrolment-tokens')
@Admin()
export class EnrolmentTokenController {
  constructor(private readonly tokens: EnrolmentTokenService) {}

  @Post()
  @SecretAnswer()
  @Api({
    summary: 'Make a token that lets devices in; it is shown in this answer only',
    body: CreateEnrolmentToken,
    answer,
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
    query: TokenQuery,
    answer: documentOf('enrolment-tokens', pageOf(EnrolmentTokenView)),
  })
  list(
    @Caller() caller: AdminCaller,
    @Query(zod(TokenQuery)) query: TokenQuery,
  ): Promise<Page<EnrolmentTokenView>> {
    return this.tokens.list(caller.fleet, query);
  }

  @Delete(':id')
  @Api({
    summary: 'Revoke an enrolment token: it no longer lets devices in',
    params: { id: TokenId },
    answer,
  })
  revoke(
    @Caller() caller: AdminCaller,
    @Param('id', zod(TokenId, 'id')) id: string,
  ): Promise<EnrolmentTokenView> {
    return this.tokens.revoke(caller, id);
  }
}
