import { Module } from '@nestjs/common';
import { FleetModule } from '../fleet/fleet.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { AbandonedTargetStore } from './abandoned-target.store.js';
import { AbandonedTargets } from './abandoned-targets.js';
import { AwaitedBundleStore } from './awaited-bundle.store.js';
import { AwaitedBundles } from './awaited-bundles.js';
import { DeploymentStore } from './deployment.store.js';
import { DeploymentTracker } from './deployment-tracker.js';
import { DesiredEndings } from './desired-endings.js';
import { DesiredSigner } from './desired-signer.js';
import { DesiredStateService } from './desired-state.service.js';
import { DesiredStore } from './desired.store.js';
import { DesiredViewStore } from './desired-view.store.js';
import { ProvenSequence } from './proven-sequence.js';
import { RemovedModelStore } from './removed-model.store.js';
import { RenewalWorker } from './renewal-worker.js';
import { ReplacedHardware } from './replaced-hardware.js';
import { RepinnedDevices } from './repinned-devices.js';
import { ReportFollower } from './report-follower.js';
import { RolloutHistory } from './rollout-history.js';
import { SequenceWatch } from './sequence-watch.js';

/** What devices are told to run, under our signature. */
@Module({
  imports: [FleetModule, MessagingModule, RegistryModule],
  providers: [
    AbandonedTargets,
    AbandonedTargetStore,
    AwaitedBundles,
    AwaitedBundleStore,
    DeploymentStore,
    DeploymentTracker,
    DesiredEndings,
    DesiredSigner,
    DesiredStateService,
    DesiredStore,
    DesiredViewStore,
    ProvenSequence,
    RemovedModelStore,
    RenewalWorker,
    ReplacedHardware,
    RepinnedDevices,
    ReportFollower,
    RolloutHistory,
    SequenceWatch,
  ],
  exports: [DesiredEndings, DesiredStateService, RolloutHistory],
})
export class TrustModule {}
