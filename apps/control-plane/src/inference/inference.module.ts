import { Module } from '@nestjs/common';
import { RegistryModule } from '../registry/registry.module.js';
import { CloudInferenceService } from './cloud-inference.service.js';
import { CloudModelStore } from './cloud-model.store.js';
import { InferenceController } from './inference.controller.js';

@Module({
  imports: [RegistryModule],
  controllers: [InferenceController],
  providers: [CloudInferenceService, CloudModelStore],
})
export class InferenceModule {}
