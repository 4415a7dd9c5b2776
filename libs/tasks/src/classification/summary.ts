import type { ClassificationAnswer, ClassificationSummary } from '@hamon/contracts';
import { CONFIDENCE_BINS, confidenceBin } from '@hamon/stats';
import type { Collector, Summaries } from '../task.js';
import { commonestLabels, mergeLabels } from '../shared/label-counts.js';
import { addAll } from '../shared/numbers.js';

class Summary implements Collector<ClassificationAnswer, ClassificationSummary> {
  private answers = 0;
  private readonly labels = new Map<string, number>();
  private readonly confidence = new Array<number>(CONFIDENCE_BINS).fill(0);

  add({ label, confidence }: ClassificationAnswer): void {
    this.answers += 1;
    this.labels.set(label, (this.labels.get(label) ?? 0) + 1);
    const bin = confidenceBin(confidence);
    this.confidence[bin] = (this.confidence[bin] ?? 0) + 1;
  }

  build(): ClassificationSummary {
    return {
      kind: 'classification/1',
      answers: this.answers,
      ...commonestLabels(this.labels),
      confidence: [...this.confidence],
    };
  }
}

export const summaries: Summaries<'classification'> = {
  collect: () => new Summary(),
  merge: (a, b) => ({
    kind: 'classification/1',
    answers: a.answers + b.answers,
    ...mergeLabels(a, b),
    confidence: addAll(a.confidence, b.confidence),
  }),
};
