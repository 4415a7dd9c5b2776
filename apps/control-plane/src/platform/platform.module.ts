import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { ClockKeeper } from './clock/clock-keeper.js';
import { Clock } from './clock/clock.js';
import { Config } from './config/config.js';
import { DatabaseModule } from './database.module.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { DocumentInterceptor } from './http/document.interceptor.js';
import { ProblemFilter } from './http/problem.filter.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';
import { IdempotencyStore } from './idempotency/idempotency.store.js';
import { IdempotencySweeper } from './idempotency/idempotency-sweeper.js';
import { Log } from './log.js';
import { Metrics } from './metrics/metrics.js';
import { MetricsController } from './metrics/metrics.controller.js';

export interface Platform {
  readonly config: Config;
  readonly log: Log;
  readonly databaseUrl: string;
  readonly clock: Clock;
}

/** What every capability builds on. */
@Global()
@Module({})
export class PlatformModule {
  static with({ config, log, databaseUrl, clock }: Platform): DynamicModule {
    return {
      module: PlatformModule,
      imports: [DatabaseModule.at(databaseUrl, config.databaseConnections)],
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: Config, useValue: config },
        { provide: Log, useValue: log },
        { provide: Clock, useValue: clock },
        ClockKeeper,
        { provide: Metrics, useFactory: () => new Metrics() },
        { provide: APP_FILTER, useClass: ProblemFilter },
        // Outermost: a stored answer that is sent again becomes a document too.
        { provide: APP_INTERCEPTOR, useClass: DocumentInterceptor },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
        IdempotencyStore,
        IdempotencySweeper,
        Readiness,
      ],
      exports: [Clock, Config, Log, Metrics, Readiness],
    };
  }
}
