import type { GatePolicy, TaskName } from '@hamon/contracts';
import { comparedFrames } from './compared.js';
import type { EvidenceContribution, EvidenceGroup } from './evidence.js';
import type { UpdateTally } from './update-tally.js';

/** Everything a gate may look at, of one variant. */
export interface GateInput {
  /** The model's. */
  readonly task: TaskName;
  readonly updates: UpdateTally;
  /** All of the variant's evidence in one. */
  readonly evidence: EvidenceContribution;
  /** The same by hardware class, where there are several: latencies of unlike devices are not compared with each other. */
  readonly classes?: readonly EvidenceGroup[];
  readonly policy: GatePolicy;
  /** The candidate bundle's own p95 budget in milliseconds. */
  readonly budgetP95Ms: number;
  /** Who let the rollout go on without a comparison of answers where labels differ. */
  readonly labelsApprovedBy?: string | null;
}

/** Are the answers of the two versions held against each other? Some device shows both on the same frames, or has. */
export const isCompared = ({ updates, evidence }: GateInput): boolean =>
  updates.comparable ||
  comparedFrames(evidence.compared) > 0 ||
  (evidence.unpairedFrames > 0 && updates.relabelled.length === 0);
