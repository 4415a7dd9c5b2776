import { Module } from '@nestjs/common';
import { FleetModule } from '../fleet/fleet.module.js';
import { FeedbackController } from './feedback.controller.js';
import { FeedbackService } from './feedback.service.js';
import { SampleBudgetStore } from './sample-budget.store.js';
import { SampleController } from './sample.controller.js';
import { SampleDeletion } from './sample-deletion.js';
import { SampleFiles } from './sample-files.js';
import { SampleIntake } from './sample-intake.js';
import { SampleKeeper } from './sample-keeper.js';
import { SampleLabelStore } from './sample-label.store.js';
import { SampleMetrics } from './sample-metrics.js';
import { SampleRetention } from './sample-retention.js';
import { SampleService } from './sample.service.js';
import { SampleStore } from './sample.store.js';
import { SampleStores } from './sample-stores.js';

/** Pictures that devices keep and their fleet lets them send, and what people say of them. */
@Module({
  imports: [FleetModule],
  controllers: [FeedbackController, SampleController],
  providers: [
    FeedbackService,
    SampleBudgetStore,
    SampleDeletion,
    SampleFiles,
    SampleIntake,
    SampleKeeper,
    SampleLabelStore,
    SampleMetrics,
    SampleRetention,
    SampleService,
    SampleStore,
    SampleStores,
  ],
})
export class SamplesModule {}
