import { Module } from '@nestjs/common';
import { RegistryModule } from '../registry/registry.module.js';
import { CloudDecoder } from './cloud-decoder.js';
import { CloudInferenceService } from './cloud-inference.service.js';
import { CloudModelStore } from './cloud-model.store.js';
import { InferenceController } from './inference.controller.js';

@Module({
  imports: [RegistryModule],
  controllers: [InferenceController],
  providers: [CloudDecoder, CloudInferenceService, CloudModelStore],
})
export class InferenceModule {}
