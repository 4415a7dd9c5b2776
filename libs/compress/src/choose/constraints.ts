/** What a variant must hold to be chosen; what is left out holds always. */
export interface Constraints {
  /** Accuracy given up against the original, as a share: 0.01 is one point. */
  readonly maxAccuracyDrop?: number;
  /** For models without labels; see `VariantProfile.outputError`. Asks nothing of models with labels. */
  readonly maxOutputError?: number;
  readonly maxP95Ms?: number;
  readonly maxRssMb?: number;
  readonly maxBytes?: number;
}

/** What is wanted least of, among the variants that hold the constraints. */
export const OBJECTIVES = ['latency', 'bytes', 'memory'] as const;
export type Objective = (typeof OBJECTIVES)[number];

/** One constraint that a variant does not hold; without `actual`, nothing is known that would prove that it does. */
export interface Breach {
  readonly constraint: keyof Constraints;
  readonly limit: number;
  readonly actual?: number;
}
