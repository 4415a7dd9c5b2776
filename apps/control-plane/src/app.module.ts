import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { AuditModule } from './audit/audit.module.js';
import { PlatformModule, type Platform } from './platform/platform.module.js';

@Module({})
export class AppModule {
  static on(platform: Platform): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.with(platform), AccessModule, AuditModule] };
  }
}
