import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Get, Header, Headers } from '@nestjs/common';
import { Public } from '../http/access.decorators.js';
import { Config } from '../config/config.js';
import { ControlPlaneError } from '../errors.js';
import { Metrics } from './metrics.js';

@Controller()
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly config: Config,
  ) {}

  /** Counts over all fleets. A scraper has a token of its own, which opens nothing else. */
  @Get('metrics')
  @Public()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  read(@Headers('authorization') authorization?: string): Promise<string> {
    const { metricsToken } = this.config;
    if (metricsToken !== undefined && !isSame(authorization ?? '', `Bearer ${metricsToken}`)) {
      const detail = 'Send HAMON_METRICS_TOKEN as "Authorization: Bearer TOKEN".';
      throw new ControlPlaneError('unauthenticated', detail);
    }
    return this.metrics.registry.metrics();
  }
}

/** In a time that does not depend on where they differ. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
