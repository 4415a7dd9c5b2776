import { z } from 'zod';
import {
  AnomalyAnswer,
  AnomalyComparison,
  AnomalyExpectation,
  anomalyExpectationProblems,
  AnomalyGate,
  AnomalySpec,
  AnomalySummary,
} from './anomaly.js';
import {
  ClassificationAnswer,
  ClassificationComparison,
  ClassificationExpectation,
  classificationExpectationProblems,
  ClassificationSpec,
  ClassificationSummary,
} from './classification.js';
import {
  DetectionAnswer,
  DetectionComparison,
  DetectionExpectation,
  detectionExpectationProblems,
  DetectionGate,
  DetectionSpec,
  DetectionSummary,
} from './detection.js';
import type { ExpectationProblem } from './fields.js';
import {
  RegressionAnswer,
  RegressionComparison,
  RegressionExpectation,
  regressionExpectationProblems,
  RegressionGate,
  RegressionSpec,
  RegressionSummary,
} from './regression.js';
import {
  SegmentationAnswer,
  SegmentationComparison,
  SegmentationExpectation,
  segmentationExpectationProblems,
  SegmentationGate,
  SegmentationSpec,
  SegmentationSummary,
} from './segmentation.js';

interface TaskSchemas {
  /** `output` of a bundle. */
  readonly spec: z.ZodType;
  /** `output` of a result. */
  readonly answer: z.ZodType;
  /** Of a golden sample. */
  readonly expectation: z.ZodType;
  /** Rules between the two that no schema alone can tell. */
  readonly expectationProblems: (spec: never, expectation: never) => ExpectationProblem[];
  /** Of many answers, in telemetry and baselines; mergeable and bounded. */
  readonly summary: z.ZodType;
  /** Of two versions' answers to the same frames; mergeable and bounded. */
  readonly comparison: z.ZodType;
  /** What two versions of one job keep. */
  readonly gate: z.ZodType;
}

/** What each task's documents look like. A new task is a row here and a folder in `libs/tasks`. */
export const TASK_SCHEMAS = {
  classification: {
    spec: ClassificationSpec,
    answer: ClassificationAnswer,
    expectation: ClassificationExpectation,
    expectationProblems: classificationExpectationProblems,
    summary: ClassificationSummary,
    comparison: ClassificationComparison,
    // `minKappa` of the gate policy itself, which is older than the other tasks.
    gate: z.strictObject({}),
  },
  detection: {
    spec: DetectionSpec,
    answer: DetectionAnswer,
    expectation: DetectionExpectation,
    expectationProblems: detectionExpectationProblems,
    summary: DetectionSummary,
    comparison: DetectionComparison,
    gate: DetectionGate,
  },
  segmentation: {
    spec: SegmentationSpec,
    answer: SegmentationAnswer,
    expectation: SegmentationExpectation,
    expectationProblems: segmentationExpectationProblems,
    summary: SegmentationSummary,
    comparison: SegmentationComparison,
    gate: SegmentationGate,
  },
  anomaly: {
    spec: AnomalySpec,
    answer: AnomalyAnswer,
    expectation: AnomalyExpectation,
    expectationProblems: anomalyExpectationProblems,
    summary: AnomalySummary,
    comparison: AnomalyComparison,
    gate: AnomalyGate,
  },
  regression: {
    spec: RegressionSpec,
    answer: RegressionAnswer,
    expectation: RegressionExpectation,
    expectationProblems: regressionExpectationProblems,
    summary: RegressionSummary,
    comparison: RegressionComparison,
    gate: RegressionGate,
  },
} as const satisfies Record<string, TaskSchemas>;

export type TaskName = keyof typeof TASK_SCHEMAS;
type Schema<T extends TaskName, K extends keyof TaskSchemas> = (typeof TASK_SCHEMAS)[T][K];
type Of<T extends TaskName, K extends keyof TaskSchemas> =
  Schema<T, K> extends z.ZodType ? z.infer<Schema<T, K>> : never;

/** Documents of one task, or of any. */
export type SpecOf<T extends TaskName = TaskName> = { [N in T]: Of<N, 'spec'> }[T];
export type AnswerOf<T extends TaskName = TaskName> = { [N in T]: Of<N, 'answer'> }[T];
export type ExpectationOf<T extends TaskName = TaskName> = { [N in T]: Of<N, 'expectation'> }[T];
export type SummaryOf<T extends TaskName = TaskName> = { [N in T]: Of<N, 'summary'> }[T];
export type ComparisonOf<T extends TaskName = TaskName> = { [N in T]: Of<N, 'comparison'> }[T];

export const TASK_NAMES = Object.keys(TASK_SCHEMAS) as [TaskName, ...TaskName[]];

/** Kinds of work that people ask for and that no task here does, with the sentence that refuses them. */
const NOT_SERVED: Readonly<Record<string, string>> = {
  keypoints: 'keypoints (poses) are not served',
  pose: 'keypoints (poses) are not served',
  'oriented-boxes': 'oriented boxes are not served; "detection" answers with upright ones',
  obb: 'oriented boxes are not served; "detection" answers with upright ones',
  'instance-segmentation':
    'masks of single instances are not served; "segmentation" answers with one label per pixel',
  'multi-label': 'several labels a frame are not served; "classification" answers with one',
};

/** @throws ZodError with one sentence, which for what is not served says what is nearest */
export const TaskName = z.enum(TASK_NAMES, {
  error: ({ input }) => {
    const refused = typeof input === 'string' && Object.hasOwn(NOT_SERVED, input) && NOT_SERVED[input];
    return refused || `task must be one of ${TASK_NAMES.join(', ')}`;
  },
});

const summaries = TASK_NAMES.map((name) => TASK_SCHEMAS[name].summary);
const comparisons = TASK_NAMES.map((name) => TASK_SCHEMAS[name].comparison);

/** Told apart by `kind`: task and version of the shape. */
export const TaskSummary = z.discriminatedUnion('kind', summaries as [(typeof summaries)[number]]);
export type TaskSummary = SummaryOf;
export const TaskComparison = z.discriminatedUnion('kind', comparisons as [(typeof comparisons)[number]]);
export type TaskComparison = ComparisonOf;

/** A number for all labels, or one by label: what a rollout may put in the place of a bundle's threshold. */
export const ThresholdOverride = z.union([
  z.number().refine(Number.isFinite, 'must be a finite number'),
  z
    .record(z.string().min(1).max(100), z.number())
    .refine(
      (by) => Object.keys(by).length >= 1 && Object.keys(by).length <= 100,
      'must name 1 to 100 labels',
    ),
]);
export type ThresholdOverride = z.infer<typeof ThresholdOverride>;
