import type { EventEmitter } from 'node:events';
import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

/** A transaction that stays open holds up every rollout's evidence. */
const IDLE_TRANSACTION_MS = 5 * 60_000;
/** After so long a caller is told to try again: callers give up soon, and work for them would be wasted. */
const WAIT_FOR_CONNECTION_MS = 5_000;

/**
 * A connection has no listener between leaving the pool and reaching the query runner; if it were cut just then,
 * the process would end. The user learns of the cut from its query.
 */
const surviveCut = (client: EventEmitter): void => {
  client.on('error', () => undefined);
};

/** The DataSource. Capabilities bring their entities with `TypeOrmModule.forFeature`; the schema comes from migrations only. */
@Module({})
export class DatabaseModule {
  static at(url: string, connections: number): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          url,
          autoLoadEntities: true,
          synchronize: false,
          migrationsRun: false,
          retryAttempts: 3,
          retryDelay: 1000,
          applicationName: 'hamon',
          extra: {
            onConnect: surviveCut,
            max: connections,
            connectionTimeoutMillis: WAIT_FOR_CONNECTION_MS,
            idleTimeoutMillis: 30_000,
            idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
          },
        }),
      ],
    };
  }
}
