import { Controller, Get, Query } from '@nestjs/common';
import { AuditEntryView, documentOf, pageOf, PageQuery, type Page } from '@hamon/contracts';
import { Admin, Caller } from '../access/access.decorators.js';
import type { AdminCaller } from '../access/caller.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { zod } from '../platform/http/zod.pipe.js';
import { AuditService } from './audit.service.js';

@Controller('v1/audit')
@Admin()
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Api({
    summary: 'List the audit ledger, newest first',
    query: PageQuery,
    answer: documentOf('audit', pageOf(AuditEntryView)),
  })
  list(
    @Caller() caller: AdminCaller,
    @Query(zod(PageQuery)) query: PageQuery,
  ): Promise<Page<AuditEntryView>> {
    return this.audit.list(caller.fleet, query);
  }
}
