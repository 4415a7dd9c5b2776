import { Module } from '@nestjs/common';
import { MessagingModule } from '../messaging/messaging.module.js';
import { Config } from '../platform/config/config.js';
import { AbandonedTargets } from './abandoned-targets.js';
import { DeploymentStore } from './deployment.store.js';
import { DeploymentTracker } from './deployment-tracker.js';
import { DesiredStateService } from './desired-state.service.js';
import { DesiredStore } from './desired.store.js';
import { ManifestKey } from './manifest-key.js';
import { RenewalWorker } from './renewal-worker.js';
import { RepinnedDevices } from './repinned-devices.js';
import { SequenceWatch } from './sequence-watch.js';

/** What devices are told to run, under whose signature. */
@Module({
  imports: [MessagingModule],
  providers: [
    {
      provide: ManifestKey,
      useFactory: ({ dataDir, manifestKeyFile }: Config) =>
        manifestKeyFile === undefined ? ManifestKey.keptIn(dataDir) : ManifestKey.read(manifestKeyFile),
      inject: [Config],
    },
    AbandonedTargets,
    DeploymentStore,
    DeploymentTracker,
    DesiredStateService,
    DesiredStore,
    RenewalWorker,
    RepinnedDevices,
    SequenceWatch,
  ],
  exports: [ManifestKey, DesiredStateService, DeploymentTracker, RepinnedDevices, SequenceWatch],
})
export class TrustModule {}
