import { Controller, Get } from '@nestjs/common';
import { TimeView } from '@hamon/contracts';
import { Public } from '../platform/http/access.decorators.js';
import { Clock } from '../platform/clock/clock.js';
import { Api } from '../platform/openapi/api.decorator.js';

/** Devices learn their clock's offset here before they sign anything. */
@Controller('v1/time')
@Public()
export class TimeController {
  constructor(private readonly clock: Clock) {}

  @Get()
  @Api({ summary: "Tell the server's time", answer: TimeView, open: true })
  now(): TimeView {
    return { schema: 'hamon.time/1', now: this.clock.now().toISOString() };
  }
}
