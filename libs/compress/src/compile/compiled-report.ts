import type { Latency } from '../measure/measure-latency.js';

/** Where a compiled file may run; anywhere else it may fail to load, or worse, answer wrongly. */
export interface Portability {
  readonly hardwareClass: string;
  /** The version that wrote the file. */
  readonly onnxruntime: string;
  readonly executionProvider: 'cpu';
  /** Operators that only onnxruntime knows, as `domain.operator`. */
  readonly operators: readonly string[];
  /** The same in words. */
  readonly limits: readonly string[];
}

/** What a compiled file is better at than its variant, by more than noise. */
export type Payoff = 'latency' | 'load';

/** A variant as onnxruntime optimizes it offline for this machine, held against the variant itself. */
export interface CompiledReport extends Portability {
  readonly variant: string;
  /** In the output folder; absent where it does not pay, and was not kept. */
  readonly file?: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly payoffs: readonly Payoff[];
  readonly latency: Latency;
  /** Median over the rounds of its median over its variant's in the same round. */
  readonly latencyRatio: number;
  /** Medians of loading in a fresh process, the two in turns. */
  readonly loadMs: number;
  readonly variantLoadMs: number;
  /** Median over the rounds of its load time over its variant's. */
  readonly loadRatio: number;
  /** Largest difference of an output from its variant's. */
  readonly largestDifference: number;
}
