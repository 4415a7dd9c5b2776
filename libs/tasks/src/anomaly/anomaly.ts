import {
  err,
  ok,
  type AnomalyAnswer,
  type AnomalySpec,
  type Result,
  type ThresholdOverride,
} from '@hamon/contracts';
import type { Task } from '../task.js';
import { agreement } from './agreement.js';
import { breakdown, collapse } from './collapse.js';
import { comparisons } from './comparison.js';
import { decoder } from './decode.js';
import { distance } from './distance.js';
import { golden } from './golden.js';
import { heatMap } from './heat-map.js';
import { checkOutputs } from './output-shape.js';
import { quality } from './quality.js';
import { summaries } from './summary.js';

/** How far a frame is from what is normal. */
export const anomaly: Task<'anomaly'> = {
  name: 'anomaly',
  outputNames: ({ score, map }) => [score, map].filter((name) => name !== undefined),
  checkOutputs,
  decoder,
  labels: () => ['normal', 'anomalous'],
  withThreshold,
  // As of a classifier of two labels: one half at the threshold, 1 at both ends.
  confidence: ({ score }) => Math.max(score, 1 - score),
  isDefect: ({ isAnomalous }) => isAnomalous,
  labelsIn: ({ isAnomalous }) => [isAnomalous ? 'anomalous' : 'normal'],
  places: ({ regions }) => regions.map(({ score, box }) => ({ confidence: score, box })),
  mask: () => null,
  heatMap,
  describe,
  golden,
  summaries,
  comparisons,
  checks: [collapse, agreement],
  breakdown,
  quality,
  distance,
};

function withThreshold(spec: AnomalySpec, threshold: ThresholdOverride): Result<AnomalySpec, string> {
  if (typeof threshold !== 'number') return err('anomaly has one threshold, in the units of its model');
  const { minimum, maximum } = spec;
  if (!(minimum < threshold && threshold < maximum)) {
    return err(`threshold must lie between minimum (${minimum}) and maximum (${maximum}), is ${threshold}`);
  }
  return ok({ ...spec, threshold });
}

function describe({ score, isAnomalous, regions }: AnomalyAnswer): string {
  const verdict = `${isAnomalous ? 'anomalous' : 'normal'} ${score.toFixed(2)}`;
  if (regions.length === 0) return verdict;
  return `${verdict}, ${regions.length === 1 ? '1 region' : `${regions.length} regions`}`;
}
