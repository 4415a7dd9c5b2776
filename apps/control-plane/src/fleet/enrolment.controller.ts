import { Body, Controller, Get, Post } from '@nestjs/common';
import { Enrolment, EnrolmentView } from '@hamon/contracts';
import { Caller, DeviceOrAdmin, Public } from '../platform/http/access.decorators.js';
import type { Caller as CallerOf } from '../platform/http/caller.js';
import { ControlPlaneError } from '../platform/errors.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { EnrolmentService } from './enrolment.service.js';

@Controller('v1/enrolments')
@Public()
export class EnrolmentController {
  constructor(private readonly enrolments: EnrolmentService) {}

  @Post()
  @Api({
    summary: 'Enrol a device by token and proof of its own key',
    body: Enrolment,
    answer: EnrolmentView,
    status: 201,
    open: true,
  })
  enrol(@Body(zod(Enrolment)) body: Enrolment): Promise<EnrolmentView> {
    return this.enrolments.enrol(body);
  }

  @Get('own')
  @DeviceOrAdmin()
  @Api({ summary: 'Tell a device, by its own token, that it is enrolled', answer: EnrolmentView })
  own(@Caller() caller: CallerOf): EnrolmentView {
    if (caller.kind === 'device') return this.enrolments.own(caller);
    throw new ControlPlaneError('forbidden', 'Only a device has an enrolment of its own.');
  }
}
