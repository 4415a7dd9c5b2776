import { Body, Controller, Get, Put, Query } from '@nestjs/common';
import {
  documentOf,
  FleetPolicyDocument,
  FleetPolicyView,
  pageOf,
  PageQuery,
  type Page,
} from '@hamon/contracts';
import { z } from 'zod';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import type { AdminCaller } from '../platform/http/caller.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { FleetPolicyService } from './fleet-policy.service.js';
import { FleetPolicyStore } from './fleet-policy.store.js';

const answer = documentOf('fleet-policy', FleetPolicyView);

const VersionQuery = z.object({ version: z.coerce.number().int().min(0).max(2_147_483_647).optional() });
type VersionQuery = z.infer<typeof VersionQuery>;

@Controller('v1/fleet/policy')
@Admin()
export class FleetPolicyController {
  constructor(
    private readonly service: FleetPolicyService,
    private readonly policies: FleetPolicyStore,
  ) {}

  @Get()
  @Api({
    summary: 'Show what the fleet allows, or what it allowed by a version',
    query: VersionQuery,
    answer,
  })
  show(
    @Caller() { fleet }: AdminCaller,
    @Query(zod(VersionQuery)) { version }: VersionQuery,
  ): Promise<FleetPolicyView> {
    return this.service.get(fleet, version);
  }

  @Put()
  @Api({
    summary: 'Change what the fleet allows; with the version it was made of, only while that one holds',
    body: FleetPolicyDocument,
    answer,
  })
  set(
    @Caller() caller: AdminCaller,
    @Body(zod(FleetPolicyDocument)) wanted: FleetPolicyDocument,
  ): Promise<FleetPolicyView> {
    return this.service.set(caller, wanted);
  }

  @Get('versions')
  @Api({
    summary: 'List the versions of the policy, newest first',
    query: PageQuery,
    answer: documentOf('fleet-policies', pageOf(FleetPolicyView)),
  })
  versions(
    @Caller() { fleet }: AdminCaller,
    @Query(zod(PageQuery)) query: PageQuery,
  ): Promise<Page<FleetPolicyView>> {
    return this.policies.list(fleet, query);
  }
}
