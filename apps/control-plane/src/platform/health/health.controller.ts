import { Controller, Get, Res } from '@nestjs/common';
import type { DocumentSchema } from '@hamon/contracts';
import type { FastifyReply } from 'fastify';
import { Public } from '../http/access.decorators.js';
import { Readiness } from './readiness.js';

interface Ready {
  readonly schema: DocumentSchema;
  readonly status: 'ok' | 'unavailable';
  readonly checks: Readonly<Record<string, string>>;
}

@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** The process answers. Does not look at what it depends on: restarting it would not bring a database back. */
  @Get('healthz')
  @Public()
  alive(): { schema: DocumentSchema; status: 'ok' } {
    return { schema: 'hamon.health/1', status: 'ok' };
  }

  /** This process can do its work: send it traffic. */
  @Get('readyz')
  @Public()
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Ready> {
    const checks = await this.readiness.look();
    const ready = Object.values(checks).every((answer) => answer === 'ok');
    reply.status(ready ? 200 : 503);
    return { schema: 'hamon.readiness/1', status: ready ? 'ok' : 'unavailable', checks };
  }
}
