import { headlineOf } from '../measure/quality.js';
import type { CompressReport } from './compress-report.js';

/**
 * Where evaluation images show the chosen variant losing more accuracy than it may: it was chosen by calibration images
 * alone, on which it kept to the limit. For the reader to judge; nothing is chosen by it.
 */
export interface EvaluationGap {
  readonly variant: string;
  /** `accuracy`, or the headline figure of another task. */
  readonly metric: string;
  readonly limit: number;
  /** Lost on evaluation images of `metric`. */
  readonly lost: number;
}

/** 0.95 − 0.94 is a little more than 0.01 in binary. */
const ROUNDING = 1e-9;

export function evaluationGapOf({
  selection,
  variants,
  provenance,
}: Pick<CompressReport, 'selection' | 'variants' | 'provenance'>): EvaluationGap | undefined {
  if (selection.kind !== 'chosen') return undefined;
  const before = headlineOf(variants[0]?.evaluation);
  const after = headlineOf(variants.find(({ name }) => name === selection.variant)?.evaluation);
  if (before === undefined || after === undefined) return undefined;
  const limit = provenance.recipe.constraints.maxAccuracyDrop;
  const lost = before - after;
  const metric = variants[0]?.evaluation?.quality?.metric ?? 'accuracy';
  return lost > limit + ROUNDING ? { variant: selection.variant, metric, limit, lost } : undefined;
}
