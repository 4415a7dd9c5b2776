import { Initial1764000000000 } from './1764000000000-initial.js';
import { VariantProfiles1764100000000 } from './1764100000000-variant-profiles.js';
import { Benchmarks1764200000000 } from './1764200000000-benchmarks.js';
import { RolloutVariants1764300000000 } from './1764300000000-rollout-variants.js';
import { CompressionJobs1764400000000 } from './1764400000000-compression-jobs.js';
import { PreviousIntent1764500000000 } from './1764500000000-previous-intent.js';
import { DecisionFailures1764600000000 } from './1764600000000-decision-failures.js';
import { PresenceHeard1764700000000 } from './1764700000000-presence-heard.js';
import { UnfitVariants1764800000000 } from './1764800000000-unfit-variants.js';
import { ManifestOrders1764920000000 } from './1764920000000-manifest-orders.js';
import { Lifecycle1764930000000 } from './1764930000000-lifecycle.js';
import { HealthAndWebhooks1764960000000 } from './1764960000000-health-and-webhooks.js';
import { RolloutWakes1764970000000 } from './1764970000000-rollout-wakes.js';
import { DeviceLabelsIndex1764980000000 } from './1764980000000-device-labels-index.js';
import { Instance1765000000000 } from './1765000000000-instance.js';
import { ReadModels1765100000000 } from './1765100000000-read-models.js';
import { ManyModels1765200000000 } from './1765200000000-many-models.js';
import { AnswersOfTasks1765210000000 } from './1765210000000-answers-of-tasks.js';
import { Samples1765320000000 } from './1765320000000-samples.js';
import { DeviceConfigs1765330000000 } from './1765330000000-device-configs.js';
import { ExecutionProviders1765340000000 } from './1765340000000-execution-providers.js';
import { SampleCharges1765350000000 } from './1765350000000-sample-charges.js';

/** Every migration, oldest first. Applied ones never change: a change is a new migration. */
export const MIGRATIONS = [
  Initial1764000000000,
  VariantProfiles1764100000000,
  Benchmarks1764200000000,
  RolloutVariants1764300000000,
  CompressionJobs1764400000000,
  PreviousIntent1764500000000,
  DecisionFailures1764600000000,
  PresenceHeard1764700000000,
  UnfitVariants1764800000000,
  ManifestOrders1764920000000,
  Lifecycle1764930000000,
  HealthAndWebhooks1764960000000,
  RolloutWakes1764970000000,
  DeviceLabelsIndex1764980000000,
  Instance1765000000000,
  ReadModels1765100000000,
  ManyModels1765200000000,
  AnswersOfTasks1765210000000,
  Samples1765320000000,
  DeviceConfigs1765330000000,
  ExecutionProviders1765340000000,
  SampleCharges1765350000000,
];
