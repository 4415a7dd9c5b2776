import type { LatencyPlan } from '../latency-plan.js';

/** Frame kinds between {@link measureLatency} and its child. */
export const LATENCY_FRAME = {
  /** parent → child: {@link LatencyHead} and the samples as one float32 blob each. */
  measure: 1,
  /** child → parent: {@link RoundHead}, after each round. */
  round: 17,
  /** child → parent: {@link DoneHead} and one float64 blob of milliseconds per model, block after block. */
  done: 18,
  /** child → parent: {@link FailedHead}; the child ends. */
  failed: 19,
} as const;

export interface LatencyHead {
  readonly models: readonly string[];
  readonly input: string;
  readonly dims: readonly number[];
  readonly threads: number;
  readonly plan: LatencyPlan;
}

export interface RoundHead {
  readonly round: number;
}

export interface DoneHead {
  /** Measured runs in each block, by model. */
  readonly runs: readonly number[];
}

export interface FailedHead {
  /** Index of the model at fault. */
  readonly model: number;
  readonly detail: string;
}
