import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MessagingModule } from '../messaging/messaging.module.js';
import { ArtifactController } from './artifact.controller.js';
import { ArtifactStore } from './artifact.store.js';
import { ArtifactSweeper } from './artifact-sweeper.js';
import { ArtifactUses } from './artifact-uses.js';
import { BundleIntake } from './bundle-intake.js';
import { ChunkPublisher } from './chunk-publisher.js';
import { ModelController } from './model.controller.js';
import { Model } from './model.entity.js';
import { ModelService } from './model.service.js';
import { PublishedChunkStore } from './published-chunk.store.js';
import { ReportStore } from './report.store.js';
import { VariantBuilder } from './variant-builder.js';
import { VariantProfileStore } from './variant-profile.store.js';
import { Variant } from './variant.entity.js';
import { VersionContent } from './version-content.js';
import { VersionController } from './version.controller.js';
import { Version } from './version.entity.js';
import { VersionFileStore } from './version-file.store.js';
import { VersionPush } from './version-push.js';
import { VersionService } from './version.service.js';
import { VersionStore } from './version.store.js';
import { WantedBundles } from './wanted-bundles.js';

@Module({
  imports: [TypeOrmModule.forFeature([Model, Version, Variant]), MessagingModule],
  controllers: [ArtifactController, ModelController, VersionController],
  providers: [
    ArtifactStore,
    ArtifactSweeper,
    ArtifactUses,
    BundleIntake,
    ChunkPublisher,
    ModelService,
    PublishedChunkStore,
    ReportStore,
    VariantBuilder,
    VariantProfileStore,
    VersionContent,
    VersionFileStore,
    VersionPush,
    VersionService,
    VersionStore,
    WantedBundles,
  ],
  exports: [
    ArtifactStore,
    ArtifactUses,
    ChunkPublisher,
    ModelService,
    VariantProfileStore,
    VersionFileStore,
    VersionPush,
    VersionService,
    VersionStore,
    WantedBundles,
  ],
})
export class RegistryModule {}
