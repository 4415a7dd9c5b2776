import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ArtifactController } from './artifact.controller.js';
import { ArtifactStore } from './artifact.store.js';
import { ArtifactSweeper } from './artifact-sweeper.js';
import { BundleIntake } from './bundle-intake.js';
import { ModelController } from './model.controller.js';
import { Model } from './model.entity.js';
import { ModelService } from './model.service.js';
import { ReportStore } from './report.store.js';
import { VariantBuilder } from './variant-builder.js';
import { VariantProfileStore } from './variant-profile.store.js';
import { Variant } from './variant.entity.js';
import { VersionContent } from './version-content.js';
import { VersionController } from './version.controller.js';
import { Version } from './version.entity.js';
import { VersionPush } from './version-push.js';
import { VersionService } from './version.service.js';
import { VersionStore } from './version.store.js';

@Module({
  imports: [TypeOrmModule.forFeature([Model, Version, Variant])],
  controllers: [ArtifactController, ModelController, VersionController],
  providers: [
    ArtifactStore,
    ArtifactSweeper,
    BundleIntake,
    ModelService,
    ReportStore,
    VariantBuilder,
    VariantProfileStore,
    VersionContent,
    VersionPush,
    VersionService,
    VersionStore,
  ],
  exports: [ArtifactStore, VariantProfileStore, VersionPush, VersionService, VersionStore],
})
export class RegistryModule {}
