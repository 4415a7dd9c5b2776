import type { AnswerOf, InferenceResult, TaskName } from '@hamon/contracts';

/** The few words and numbers of an answer that a machine asks for, of whichever task. */
export interface AnswerSummary {
  /** The class, or that of the most confident detection or the largest region. */
  readonly label?: string;
  /** The label's place among the model's own, where the answer tells. */
  readonly labelIndex?: number;
  readonly confidence?: number;
  /** How anomalous, 0 to 1. */
  readonly score?: number;
  /** Detections or regions. */
  readonly count?: number;
  readonly values?: Readonly<Record<string, number>>;
}

const SUMMARIES: { readonly [T in TaskName]: (answer: AnswerOf<T>) => AnswerSummary } = {
  classification: ({ label, confidence, probabilities }) => ({
    ...{ label, confidence, labelIndex: probabilities.indexOf(Math.max(...probabilities)) },
  }),
  detection: ({ detections }) => {
    const [best] = detections;
    return { count: detections.length, ...(best && { label: best.label, confidence: best.confidence }) };
  },
  segmentation: ({ regions }) => {
    const [largest] = regions;
    return { count: regions.length, ...(largest && { label: largest.label }) };
  },
  anomaly: ({ score, regions }) => ({ score, count: regions.length }),
  regression: ({ values }) => ({ values }),
};

export const answerSummary = ({ task, output }: Pick<InferenceResult, 'task' | 'output'>): AnswerSummary =>
  (SUMMARIES[task] as (answer: AnswerOf) => AnswerSummary)(output);
