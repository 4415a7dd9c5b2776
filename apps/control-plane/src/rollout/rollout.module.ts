import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module.js';
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
import { DeviceRolloutsStore } from './device-rollouts.store.js';
import { EvidenceStore } from './evidence.store.js';
import { Latecomers } from './latecomers.js';
import { MemberCache } from './member-cache.js';
import { DecisionSignal } from './decision-signal.js';
import { RolloutController } from './rollout.controller.js';
import { RolloutDecider } from './rollout-decider.js';
import { RolloutEventStore } from './rollout-event.store.js';
import { RolloutEventStream } from './rollout-event.stream.js';
import { RolloutTriggers } from './rollout-triggers.js';
import { RolloutMemberStore } from './rollout-member.store.js';
import { RolloutMetrics } from './rollout-metrics.js';
import { RolloutProgressStore } from './rollout-progress.store.js';
import { RolloutService } from './rollout.service.js';
import { RolloutStart } from './rollout-start.js';
import { RolloutStore } from './rollout.store.js';
import { RolloutSweeper } from './rollout-sweeper.js';
import { RolloutWaker } from './rollout-waker.js';
import { RolloutWorker } from './rollout-worker.js';
import { UnassignmentController } from './unassignment.controller.js';
import { Unassignment } from './unassignment.js';
import { VersionRetirementController } from './version-retirement.controller.js';
import { VersionRetirement } from './version-retirement.js';
import { VariantChooser } from './variant-chooser.js';

/** Rollouts: staged changes of many devices, judged between stages. */
@Module({
  imports: [AlertsModule, FleetModule, MessagingModule, RegistryModule, TelemetryModule, TrustModule],
  controllers: [ChoiceController, RolloutController, UnassignmentController, VersionRetirementController],
  providers: [
    ChoiceService,
    CohortSelection,
    CohortStore,
    CommandExecutor,
    DecisionSignal,
    DeviceRolloutsStore,
    EvidenceStore,
    Latecomers,
    MemberCache,
    RolloutDecider,
    RolloutEventStore,
    RolloutEventStream,
    RolloutTriggers,
    RolloutMemberStore,
    RolloutMetrics,
    RolloutProgressStore,
    RolloutService,
    RolloutStart,
    RolloutStore,
    RolloutSweeper,
    RolloutWaker,
    RolloutWorker,
    Unassignment,
    VariantChooser,
    VersionRetirement,
  ],
  exports: [RolloutWorker],
})
export class RolloutModule {}
