import { ANOMALY_SCORE_BINS, type AnomalyAnswer, type AnomalySummary } from '@hamon/contracts';
import type { Collector, Summaries } from '../task.js';
import { addAll } from '../shared/numbers.js';
import { scoreBin } from './score-bin.js';

class Summary implements Collector<AnomalyAnswer, AnomalySummary> {
  private answers = 0;
  private anomalous = 0;
  private regions = 0;
  private readonly scores = new Array<number>(ANOMALY_SCORE_BINS).fill(0);

  add(answer: AnomalyAnswer): void {
    this.answers += 1;
    if (answer.isAnomalous) this.anomalous += 1;
    this.regions += answer.regions.length;
    const bin = scoreBin(answer);
    this.scores[bin] = (this.scores[bin] ?? 0) + 1;
  }

  build(): AnomalySummary {
    const { answers, anomalous, regions } = this;
    return { kind: 'anomaly/1', answers, anomalous, scores: [...this.scores], regions };
  }
}

export const summaries: Summaries<'anomaly'> = {
  collect: () => new Summary(),
  merge: (a, b) => ({
    kind: 'anomaly/1',
    answers: a.answers + b.answers,
    anomalous: a.anomalous + b.anomalous,
    scores: addAll(a.scores, b.scores),
    regions: a.regions + b.regions,
  }),
};
