import { topIndex } from '@hamon/tasks';
import { outputDistance } from '../quantize/output-distance.js';
import { isDistribution } from '../quantize/tensor-distance.js';

/** How well a variant answers, over one set of samples. Shares are in [0, 1]. */
export interface Quality {
  readonly samples: number;
  /** Share of right labels, with labelled samples. */
  readonly accuracy?: number;
  /** Mean of the shares of right labels of each class that occurs. */
  readonly balancedAccuracy?: number;
  /** Share of samples with the original's label, where the model gives labels. */
  readonly agreement?: number;
  /** Mean Kullback-Leibler divergence from the original's probabilities, in nats. */
  readonly klToFp32?: number;
  /** For outputs that are no probabilities: squared difference from the original's, over the variance of the original's. */
  readonly outputError?: number;
}

export interface AnswerSet {
  /** Outputs of the original, one per sample. */
  readonly original: readonly Float32Array[];
  /** Outputs of the variant for the same samples. */
  readonly outputs: readonly Float32Array[];
  /** Index of the right label of each sample. */
  readonly labels?: readonly number[] | undefined;
  /** Whether the largest output is a label. */
  readonly isClassification: boolean;
}

/** Compares a variant's answers with the right ones and with the original's. */
export function qualityOf({ original, outputs, labels, isClassification }: AnswerSet): Quality {
  const samples = outputs.length;
  if (samples === 0) return { samples };
  const distance = outputDistance(original, outputs);
  const compared =
    isClassification && original.every(isDistribution) ? { klToFp32: distance } : { outputError: distance };
  if (!isClassification) return { samples, ...compared };
  const answers = outputs.map(topIndex);
  const agreement = shareOf(answers, (answer, i) => answer === topIndex(original[i] ?? []));
  if (labels === undefined) return { samples, agreement, ...compared };
  return {
    samples,
    accuracy: shareOf(answers, (answer, i) => answer === labels[i]),
    balancedAccuracy: balancedAccuracy(answers, labels),
    agreement,
    ...compared,
  };
}

function balancedAccuracy(answers: readonly number[], labels: readonly number[]): number {
  const shares = [...new Set(labels)].map((label) => {
    const own = answers.filter((_, i) => labels[i] === label);
    return shareOf(own, (answer) => answer === label);
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

const shareOf = (items: readonly number[], holds: (item: number, index: number) => boolean): number =>
  items.filter(holds).length / items.length;
