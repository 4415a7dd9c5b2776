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
  /** Share of right labels in [0, 1], where labels were at hand. */
  readonly accuracy?: number;
  /** Accuracy given up against the original on the same samples, where several measurements were weighed; see `mergeProfiles`. */
  readonly accuracyDrop?: number;
  /** Share of samples with the original's label, where the model gives labels. */
  readonly agreement?: number;
  /** For models without labels: squared difference from the original's outputs, over the variance of those. */
  readonly outputError?: number;
}
