import { Body, Controller, Post } from '@nestjs/common';
import { Enrolment, EnrolmentView } from '@hamon/contracts';
import { Public } from '../access/access.decorators.js';
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
}
