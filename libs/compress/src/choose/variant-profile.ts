/** What one variant showed on one hardware class. */
export interface VariantProfile {
  readonly variant: string;
  /** See `hardwareClassOf`. */
  readonly hardwareClass: string;
  /** One thread, batch 1. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Peak resident memory of a process with this variant alone, in MiB. */
  readonly rssMb: number;
  /** Length of the ONNX file. */
  readonly bytes: number;
  /** Share of right labels in [0, 1], or the headline figure of another task (more is better, 1 is perfect), where the truth was at hand. */
  readonly accuracy?: number;
  /** Accuracy given up against the original on the same samples, where several measurements were weighed; see `mergeProfiles`. */
  readonly accuracyDrop?: number;
  /** Share of samples with the original's label, where the model gives labels. */
  readonly agreement?: number;
  /** For other tasks without labels at hand, and models without a task: how far the outputs are from the original's. */
  readonly outputError?: number;
}
