import { err } from '@hamon/contracts';
import type { Task } from '../task.js';
import { percent } from '../shared/numbers.js';
import { agreement } from './agreement.js';
import { breakdown, collapse } from './collapse.js';
import { comparisons } from './comparison.js';
import { checkOutputs, decoder } from './decode.js';
import { distance } from './distance.js';
import { golden } from './golden.js';
import { quality } from './quality.js';
import { summaries } from './summary.js';

/** One label a frame. */
export const classification: Task<'classification'> = {
  name: 'classification',
  outputNames: ({ name }) => [name],
  checkOutputs,
  decoder,
  labels: ({ labels }) => labels,
  withThreshold: () => err('classification has no threshold: the most probable label is the answer'),
  confidence: ({ confidence }) => confidence,
  isDefect: ({ label, confidence }, { labels, minConfidence = 0 }) =>
    labels ? labels.includes(label) && confidence >= minConfidence : null,
  labelsIn: ({ label }) => [label],
  places: () => [],
  mask: () => null,
  describe: ({ label, confidence }) => `${label} ${percent(confidence)}`,
  golden,
  summaries,
  comparisons,
  checks: [collapse, agreement],
  breakdown,
  quality,
  distance,
};
