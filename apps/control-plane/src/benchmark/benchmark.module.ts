import { Module } from '@nestjs/common';
import { CommandsModule } from '../commands/commands.module.js';
import { FleetModule } from '../fleet/fleet.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { TrustModule } from '../trust/trust.module.js';
import { BenchmarkController } from './benchmark.controller.js';
import { BenchmarkEndings } from './benchmark-endings.js';
import { BenchmarkExpiry } from './benchmark-expiry.js';
import { BenchmarkReplies } from './benchmark-replies.js';
import { BenchmarkService } from './benchmark.service.js';
import { BenchmarkStore } from './benchmark.store.js';
import { MeasuredResults } from './measured-results.js';
import { BenchmarkSigner } from './benchmark-signer.js';

/** Measures versions on the devices that are to run them. */
@Module({
  imports: [CommandsModule, FleetModule, MessagingModule, RegistryModule, TrustModule],
  controllers: [BenchmarkController],
  providers: [
    BenchmarkEndings,
    BenchmarkExpiry,
    BenchmarkReplies,
    BenchmarkService,
    BenchmarkStore,
    BenchmarkSigner,
    MeasuredResults,
  ],
})
export class BenchmarkModule {}
