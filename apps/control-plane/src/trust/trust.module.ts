import { Module } from '@nestjs/common';
import { MessagingModule } from '../messaging/messaging.module.js';
import { AbandonedTargets } from './abandoned-targets.js';
import { DeploymentStore } from './deployment.store.js';
import { DeploymentTracker } from './deployment-tracker.js';
import { DesiredSigner } from './desired-signer.js';
import { DesiredStateService } from './desired-state.service.js';
import { DesiredStore } from './desired.store.js';
import { RenewalWorker } from './renewal-worker.js';
import { ReplacedHardware } from './replaced-hardware.js';
import { RepinnedDevices } from './repinned-devices.js';
import { SequenceWatch } from './sequence-watch.js';

/** What devices are told to run, under whose signature. */
@Module({
  imports: [MessagingModule],
  providers: [
    AbandonedTargets,
    DeploymentStore,
    DeploymentTracker,
    DesiredSigner,
    DesiredStateService,
    DesiredStore,
    RenewalWorker,
    ReplacedHardware,
    RepinnedDevices,
    SequenceWatch,
  ],
  exports: [DesiredStateService, DeploymentTracker, ReplacedHardware, RepinnedDevices, SequenceWatch],
})
export class TrustModule {}
