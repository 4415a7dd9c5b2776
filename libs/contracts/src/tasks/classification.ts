import { z } from 'zod';
import { ContingencyTable } from './contingency-table.js';
import {
  ConfidenceHistogram,
  count,
  finite,
  labelList,
  LabelCounts,
  PortName,
  Tolerance,
  unknownLabel,
  type ExpectationProblem,
} from './fields.js';

export const ClassificationSpec = z.strictObject({
  name: PortName,
  activation: z.enum(['none', 'softmax', 'sigmoid']),
  labels: labelList(2),
});
export type ClassificationSpec = z.infer<typeof ClassificationSpec>;

export const ClassificationAnswer = z.strictObject({
  label: z.string(),
  confidence: z.number(),
  /** One per label, in the labels' order. */
  probabilities: z.array(z.number()),
});
export type ClassificationAnswer = z.infer<typeof ClassificationAnswer>;

export const ClassificationExpectation = z.strictObject({
  label: z.string(),
  /** After the activation; one per label, in the labels' order. */
  probabilities: z.array(finite).max(10_000),
  /** Largest allowed absolute difference of a single probability. */
  tolerance: Tolerance,
});
export type ClassificationExpectation = z.infer<typeof ClassificationExpectation>;

export function classificationExpectationProblems(
  { labels }: ClassificationSpec,
  { label, probabilities }: ClassificationExpectation,
): ExpectationProblem[] {
  const wrongWidth = {
    path: ['probabilities'],
    message: `must have one value per label (${labels.length})`,
  };
  return [
    ...unknownLabel(label, labels, ['label']),
    ...(probabilities.length === labels.length ? [] : [wrongWidth]),
  ];
}

export const ClassificationSummary = z
  .strictObject({
    kind: z.literal('classification/1'),
    answers: count,
    labels: LabelCounts,
    /** Answers with labels that `labels` leaves out. */
    others: count,
    /** Answers by top probability. */
    confidence: ConfidenceHistogram,
  })
  .refine(
    ({ answers, labels, others }) => Object.values(labels).reduce((sum, n) => sum + n, others) <= answers,
    'labels and others must not exceed the answers that they are about',
  )
  .refine(
    ({ answers, confidence }) => confidence.reduce((sum, n) => sum + n, 0) <= answers,
    'confidence must not exceed the answers that it is about',
  );
export type ClassificationSummary = z.infer<typeof ClassificationSummary>;

export const ClassificationComparison = z
  .strictObject({
    kind: z.literal('classification/1'),
    /** Frames that both versions answered. */
    frames: count,
    table: ContingencyTable,
  })
  .refine(
    ({ frames, table }) => table.cells.reduce((sum, [, , n]) => sum + n, 0) <= frames,
    'the table must not count more than the frames that both answered',
  );
export type ClassificationComparison = z.infer<typeof ClassificationComparison>;
