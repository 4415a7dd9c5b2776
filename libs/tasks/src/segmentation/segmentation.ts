import {
  err,
  ok,
  type Result,
  type SegmentationAnswer,
  type SegmentationSpec,
  type ThresholdOverride,
} from '@hamon/contracts';
import type { Task } from '../task.js';
import { percent } from '../shared/numbers.js';
import { labelsOf } from '../shared/labels-of.js';
import { agreement } from './agreement.js';
import { breakdown, collapse } from './collapse.js';
import { comparisons } from './comparison.js';
import { decoder } from './decode.js';
import { distance } from './distance.js';
import { golden } from './golden.js';
import { checkOutputs } from './output-shape.js';
import { quality } from './quality.js';
import { summaries } from './summary.js';

/** One label a pixel. */
export const segmentation: Task<'segmentation'> = {
  name: 'segmentation',
  outputNames: ({ name }) => [name],
  checkOutputs,
  decoder,
  labels: ({ labels }) => labels,
  withThreshold,
  // No single figure says how doubtful a mask is.
  confidence: () => null,
  isDefect: ({ regions }, { labels }) =>
    labels ? regions.some(({ label }) => labels.includes(label)) : null,
  labelsIn: ({ regions }) => labelsOf(regions),
  places: ({ regions }) => regions.map(({ label, box }) => ({ label, box })),
  mask: ({ mask }, { background }) => ({ ...mask, background }),
  shortened: ({ mask, ...answer }) => ({ ...answer, mask: { ...mask, rle: [] } }),
  describe,
  golden,
  summaries,
  comparisons,
  checks: [collapse, agreement],
  breakdown,
  quality,
  distance,
};

function withThreshold(
  spec: SegmentationSpec,
  threshold: ThresholdOverride,
): Result<SegmentationSpec, string> {
  if (typeof threshold !== 'number') return err('segmentation has one threshold for all labels');
  if (!(threshold > 0 && threshold < 1)) return err(`threshold must lie between 0 and 1, is ${threshold}`);
  if (spec.background === null) return err('threshold needs output.background, which pixels below it become');
  return ok({ ...spec, threshold });
}

function describe({ regions, shares }: SegmentationAnswer): string {
  const labels = [...new Set(regions.map(({ label }) => label))];
  const parts = labels.map((label) => `${label} ${percent(shares[label] ?? 0)}`);
  const count = regions.length === 1 ? '1 region' : `${regions.length === 0 ? 'no' : regions.length} regions`;
  return parts.length === 0 ? count : `${count}: ${parts.join(', ')}`;
}
