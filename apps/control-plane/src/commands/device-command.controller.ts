import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import {
  CommandView,
  DeviceId,
  documentOf,
  ListQuery,
  pageOf,
  RequestCommand,
  type Page,
} from '@hamon/contracts';
import { z } from 'zod';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import type { AdminCaller } from '../platform/http/caller.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { DeviceCommandService } from './device-command.service.js';

const CommandId = z.uuid();
const ofDevice = { device: DeviceId };
const answer = documentOf('command', CommandView);

@Controller('v1')
@Admin()
export class DeviceCommandController {
  constructor(private readonly commands: DeviceCommandService) {}

  @Post('devices/:device/commands')
  @Api({
    summary: "Ask a device for its agent's log, or to restart its agent",
    params: ofDevice,
    body: RequestCommand,
    answer,
    status: 201,
  })
  request(
    @Caller() caller: AdminCaller,
    @Param('device', zod(DeviceId, 'device')) device: string,
    @Body(zod(RequestCommand)) body: RequestCommand,
  ): Promise<CommandView> {
    return this.commands.request(caller, device, body);
  }

  @Get('devices/:device/commands')
  @Api({
    summary: 'List what was asked of a device, newest first',
    params: ofDevice,
    query: ListQuery,
    answer: documentOf('commands', pageOf(CommandView)),
  })
  list(
    @Caller() { fleet }: AdminCaller,
    @Param('device', zod(DeviceId, 'device')) device: string,
    @Query(zod(ListQuery)) query: ListQuery,
  ): Promise<Page<CommandView>> {
    return this.commands.list(fleet, device, query);
  }

  @Get('commands/:id')
  @Api({ summary: 'Show a command and what the device answered', params: { id: CommandId }, answer })
  show(
    @Caller() { fleet }: AdminCaller,
    @Param('id', zod(CommandId, 'id')) id: string,
  ): Promise<CommandView> {
    return this.commands.get(fleet, id);
  }
}
