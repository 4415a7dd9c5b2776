import { CompressError } from '../errors.js';

/** Options of structured pruning; what is left out is chosen as stated. */
export interface PruneOptions {
  /** Share of the multiply-accumulates to be removed at least; 0.31 if left out. */
  readonly macsReduction?: number;
  /**
   * Channels are kept in multiples of this, where there are more. If left out, 16 where a layer has 64 or more, else 8:
   * convolution kernels work on blocks of 8 or 16 channels, and an odd number costs the time of the next full block.
   */
  readonly channelMultiple?: number;
  /** Part of a layer's channels that stays at least; 0.25 if left out. */
  readonly minimumKept?: number;
  /** Layers whose channels all stay, by name in the source model. */
  readonly keepLayers?: readonly string[];
  /** Calibration samples used at most; 1024 if left out. */
  readonly maxSamples?: number;
  /** Whether images are shown mirrored too where layers are refitted; `true` if left out. */
  readonly mirror?: boolean;
  /** For drawing and splitting samples; 1 if left out. */
  readonly seed?: number;
}

export type CheckedPruneOptions = Required<Omit<PruneOptions, 'channelMultiple'>> &
  Pick<PruneOptions, 'channelMultiple'>;

/** @throws CompressError `option-invalid` naming the option and the rule */
export function checkPruneOptions(options: PruneOptions): CheckedPruneOptions {
  const checked: CheckedPruneOptions = {
    macsReduction: options.macsReduction ?? 0.31,
    ...(options.channelMultiple === undefined ? {} : { channelMultiple: options.channelMultiple }),
    minimumKept: options.minimumKept ?? 0.25,
    keepLayers: options.keepLayers ?? [],
    maxSamples: options.maxSamples ?? 1024,
    mirror: options.mirror ?? true,
    seed: options.seed ?? 1,
  };
  const refuse = (option: string, rule: string): never => {
    throw new CompressError('option-invalid', `${option} must be ${rule}`);
  };
  if (!(checked.macsReduction > 0 && checked.macsReduction < 1))
    refuse('macsReduction', 'above 0 and below 1');
  const { channelMultiple = 1 } = checked;
  if (!Number.isInteger(channelMultiple) || channelMultiple < 1)
    refuse('channelMultiple', 'a whole number of at least 1');
  if (!(checked.minimumKept > 0 && checked.minimumKept <= 1)) refuse('minimumKept', 'above 0 and at most 1');
  if (!Number.isInteger(checked.maxSamples) || checked.maxSamples < 2)
    refuse('maxSamples', 'a whole number of at least 2');
  if (!Number.isInteger(checked.seed) || checked.seed < 0) refuse('seed', 'a whole number of at least 0');
  return checked;
}
