/** What a variant must hold to be chosen; what is left out holds always. */
export interface Constraints {
  /** Accuracy, or the headline figure of another task, given up against the original, as a share: 0.01 is one point. */
  readonly maxAccuracyDrop?: number;
  /** Where no truth is at hand; see `VariantProfile.outputError`. Asks nothing of models with labels. */
  readonly maxOutputError?: number;
  readonly maxP95Ms?: number;
  readonly maxRssMb?: number;
  readonly maxBytes?: number;
}

/** What is wanted least of, among the variants that hold the constraints. */
export const OBJECTIVES = ['latency', 'bytes', 'memory'] as const;
export type Objective = (typeof OBJECTIVES)[number];

/** Why a variant is not chosen. */
export type Breach = BrokenLimit | Unfitness;

/** Of no use on the hardware class, whatever was measured there or elsewhere. */
export interface Unfitness {
  readonly constraint: 'fitness';
  /** What the device said that found it. */
  readonly reason: string;
}

/** One constraint that a variant does not hold; without `actual`, nothing is known that would prove that it does. */
export interface BrokenLimit {
  readonly constraint: keyof Constraints;
  readonly limit: number;
  readonly actual?: number;
}
