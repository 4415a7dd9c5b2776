import type { Task } from '../task.js';
import { labelsOf } from '../shared/labels-of.js';
import { agreement } from './agreement.js';
import { breakdown } from './breakdown.js';
import { checkOutputs } from './check-outputs.js';
import { comparisons } from './comparison.js';
import { decoder } from './decode.js';
import { describe } from './describe.js';
import { distance } from './distance.js';
import { formatOf } from './formats/formats.js';
import { golden } from './golden.js';
import { quality } from './quality.js';
import { summaries } from './summary.js';
import { withThreshold } from './threshold.js';

/** Things in a frame: a label and an upright box each. */
export const detection: Task<'detection'> = {
  name: 'detection',
  outputNames: (spec) => formatOf(spec).outputNames(spec),
  checkOutputs,
  decoder,
  labels: ({ labels }) => labels,
  withThreshold,
  // A frame without detections has none, and what it has may be of any number.
  confidence: () => null,
  isDefect: ({ detections }, { labels, minConfidence = 0 }) =>
    labels
      ? detections.some(({ label, confidence }) => labels.includes(label) && confidence >= minConfidence)
      : null,
  labelsIn: ({ detections }) => labelsOf(detections),
  places: ({ detections }) => detections,
  mask: () => null,
  describe,
  golden,
  summaries,
  comparisons,
  checks: [agreement],
  breakdown,
  quality,
  distance,
};
