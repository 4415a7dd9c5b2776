import type { GatePolicy } from '@hamon/contracts';
import type { StageEvidence } from './evidence.js';
import type { UpdateTally } from './update-tally.js';

/** Everything a gate may look at. */
export interface GateInput {
  readonly updates: UpdateTally;
  readonly evidence: StageEvidence;
  readonly policy: GatePolicy;
  /** The candidate bundle's own p95 budget in milliseconds. */
  readonly budgetP95Ms: number;
}
