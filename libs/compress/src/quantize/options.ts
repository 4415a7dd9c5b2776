/** How activation ranges are derived from calibration samples. */
export const CALIBRATORS = ['minmax', 'percentile', 'entropy', 'mse'] as const;
export type Calibrator = (typeof CALIBRATORS)[number];

/** Options of static int8 quantization; what is left out is chosen as stated. */
export interface StaticQuantizationOptions {
  /** Scales per output channel (if left out) or one per weight tensor. */
  readonly granularity?: 'per-channel' | 'per-tensor';
  /** `u8` (if left out) or `s8` activations. */
  readonly activations?: 'u8' | 's8';
  /** Ranges symmetric around zero; `false` if left out. Weights always are. */
  readonly symmetricActivations?: boolean;
  /** `auto` (if left out) tries all on held-out calibration samples and keeps the one nearest to the float model. */
  readonly calibrator?: Calibrator | 'auto';
  /** Share of activation values inside the range, for `percentile`; 0.9999 if left out. */
  readonly percentile?: number;
  /**
   * 7-bit weights, for runtimes whose 8-bit products saturate on x86 CPUs without VNNI; Hamon's agent takes exact kernels
   * there. `false` if left out.
   */
  readonly reduceRange?: boolean;
  /** `auto` (if left out) keeps it where held-out samples come nearer to the float model. */
  readonly biasCorrection?: 'auto' | 'on' | 'off';
  /** Cross-layer equalization; `auto` as above. */
  readonly equalization?: 'auto' | 'on' | 'off';
  /** Nodes that stay float, by name in the source model. */
  readonly keepFloat?: readonly string[];
  /** Calibration samples used at most; 256 if left out. */
  readonly maxSamples?: number;
  /** For drawing and splitting samples; 1 if left out. */
  readonly seed?: number;
}
