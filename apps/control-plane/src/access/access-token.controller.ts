import { Controller, Get, Query } from '@nestjs/common';
import { AccessTokenView, documentOf, ListQuery, pageOf, type Page } from '@hamon/contracts';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import { AccessTokenService } from './access-token.service.js';
import type { AdminCaller } from '../platform/http/caller.js';

@Controller('v1/tokens')
@Admin()
export class AccessTokenController {
  constructor(private readonly tokens: AccessTokenService) {}

  @Get()
  @Api({
    summary: 'List the tokens that open the API, by name, without the tokens themselves',
    query: ListQuery,
    answer: documentOf('tokens', pageOf(AccessTokenView)),
  })
  list(
    @Caller() { fleet }: AdminCaller,
    @Query(zod(ListQuery)) query: ListQuery,
  ): Promise<Page<AccessTokenView>> {
    return this.tokens.list(fleet, query);
  }
}
