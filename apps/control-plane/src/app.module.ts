import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { AuditModule } from './audit/audit.module.js';
import { BenchmarkModule } from './benchmark/benchmark.module.js';
import { CommandsModule } from './commands/commands.module.js';
import { CompressionModule } from './compression/compression.module.js';
import { ConfigurationModule } from './configuration/configuration.module.js';
import { FleetModule } from './fleet/fleet.module.js';
import { InferenceModule } from './inference/inference.module.js';
import { PlatformModule, type Platform } from './platform/platform.module.js';
import { RegistryModule } from './registry/registry.module.js';
import { RolloutModule } from './rollout/rollout.module.js';
import { SamplesModule } from './samples/samples.module.js';
import { TelemetryModule } from './telemetry/telemetry.module.js';
import type { ManifestKey } from './platform/keys/manifest-key.js';
import { ManifestKeyModule } from './platform/keys/manifest-key.module.js';

@Module({})
export class AppModule {
  static on(platform: Platform, manifestKey: ManifestKey): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.with(platform),
        ManifestKeyModule.with(manifestKey),
        AccessModule,
        AuditModule,
        RegistryModule,
        CompressionModule,
        FleetModule,
        ConfigurationModule,
        CommandsModule,
        BenchmarkModule,
        TelemetryModule,
        SamplesModule,
        RolloutModule,
        InferenceModule,
      ],
    };
  }
}
