import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

/** The DataSource. Rooms bring their entities with `TypeOrmModule.forFeature`; the schema comes from migrations only. */
@Module({})
export class DatabaseModule {
  static at(url: string): DynamicModule {
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
          extra: { max: 20, connectionTimeoutMillis: 10_000, idleTimeoutMillis: 30_000 },
        }),
      ],
    };
  }
}
