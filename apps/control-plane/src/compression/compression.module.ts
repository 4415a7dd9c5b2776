import { Module } from '@nestjs/common';
import { RegistryModule } from '../registry/registry.module.js';
import { CompressionAttempt } from './compression-attempt.js';
import { CompressionController } from './compression.controller.js';
import { CompressionEventStore } from './compression-event.store.js';
import { CompressionEventStream } from './compression-event.stream.js';
import { CompressionIntake } from './compression-intake.js';
import { CompressionLedger } from './compression-ledger.js';
import { CompressionMetrics } from './compression-metrics.js';
import { CompressionQueue } from './compression-queue.js';
import { CompressionScratch } from './compression-scratch.js';
import { CompressionService } from './compression.service.js';
import { CompressionStart } from './compression-start.js';
import { CompressionStore } from './compression.store.js';
import { CompressionWorker } from './compression-worker.js';

/** Compressions that the control plane carries out itself: a queue in the database, each run in a process of its own. */
@Module({
  imports: [RegistryModule],
  controllers: [CompressionController],
  providers: [
    CompressionAttempt,
    CompressionEventStore,
    CompressionEventStream,
    CompressionIntake,
    CompressionLedger,
    CompressionMetrics,
    CompressionQueue,
    CompressionScratch,
    CompressionService,
    CompressionStart,
    CompressionStore,
    CompressionWorker,
  ],
})
export class CompressionModule {}
