import { Controller, Get, Query } from '@nestjs/common';
import { AuditEntryView, AuditQuery, documentOf, pageOf, type Page } from '@hamon/contracts';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import type { AdminCaller } from '../platform/http/caller.js';
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
    query: AuditQuery,
    answer: documentOf('audit', pageOf(AuditEntryView)),
  })
  list(
    @Caller() caller: AdminCaller,
    @Query(zod(AuditQuery)) query: AuditQuery,
  ): Promise<Page<AuditEntryView>> {
    return this.audit.list(caller.fleet, query);
  }
}
