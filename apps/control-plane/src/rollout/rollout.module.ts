import { Module } from '@nestjs/common';
import { FleetModule } from '../fleet/fleet.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { TelemetryModule } from '../telemetry/telemetry.module.js';
import { TrustModule } from '../trust/trust.module.js';
import { ChoiceController } from './choice.controller.js';
import { ChoiceService } from './choice.service.js';
import { CohortSelection } from './cohort-selection.js';
import { CohortStore } from './cohort.store.js';
import { CommandExecutor } from './command-executor.js';
import { EvidenceStore } from './evidence.store.js';
import { RolloutBell } from './rollout-bell.js';
import { RolloutController } from './rollout.controller.js';
import { RolloutDecider } from './rollout-decider.js';
import { RolloutEventStore } from './rollout-event.store.js';
import { RolloutEventStream } from './rollout-event.stream.js';
import { RolloutMemberStore } from './rollout-member.store.js';
import { RolloutService } from './rollout.service.js';
import { RolloutStart } from './rollout-start.js';
import { RolloutStore } from './rollout.store.js';
import { RolloutWorker } from './rollout-worker.js';
import { VariantChooser } from './variant-chooser.js';

/** The ripple: staged changes of many devices, judged between stages. */
@Module({
  imports: [FleetModule, MessagingModule, RegistryModule, TelemetryModule, TrustModule],
  controllers: [ChoiceController, RolloutController],
  providers: [
    ChoiceService,
    CohortSelection,
    CohortStore,
    CommandExecutor,
    EvidenceStore,
    RolloutBell,
    RolloutDecider,
    RolloutEventStore,
    RolloutEventStream,
    RolloutMemberStore,
    RolloutService,
    RolloutStart,
    RolloutStore,
    RolloutWorker,
    VariantChooser,
  ],
  exports: [RolloutWorker],
})
export class RolloutModule {}
