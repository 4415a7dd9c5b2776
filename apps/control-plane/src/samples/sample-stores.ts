import { Injectable } from '@nestjs/common';
import { SampleBudgetStore } from './sample-budget.store.js';
import { SampleFiles } from './sample-files.js';
import { SampleStore } from './sample.store.js';

/** Where samples are: rows, files, and what they count for. */
@Injectable()
export class SampleStores {
  constructor(
    readonly samples: SampleStore,
    readonly files: SampleFiles,
    readonly budgets: SampleBudgetStore,
  ) {}
}
