import { Body, Controller, Post } from '@nestjs/common';
import { documentOf, FeedbackView, GiveFeedback } from '@hamon/contracts';
import { Admin, Caller } from '../platform/http/access.decorators.js';
import type { AdminCaller } from '../platform/http/caller.js';
import { zod } from '../platform/http/zod.pipe.js';
import { Api } from '../platform/openapi/api.decorator.js';
import { FeedbackService } from './feedback.service.js';

@Controller('v1/feedback')
@Admin()
export class FeedbackController {
  constructor(private readonly service: FeedbackService) {}

  @Post()
  @Api({
    summary: 'Say what a picture shows; it takes the place of what was said before for the same task',
    body: GiveFeedback,
    answer: documentOf('feedback', FeedbackView),
    status: 201,
  })
  give(@Caller() caller: AdminCaller, @Body(zod(GiveFeedback)) given: GiveFeedback): Promise<FeedbackView> {
    return this.service.give(caller, given);
  }
}
