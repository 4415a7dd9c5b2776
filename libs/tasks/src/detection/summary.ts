import {
  BOX_AREA_BINS,
  DETECTION_COUNT_BINS,
  type DetectionAnswer,
  type DetectionSummary,
  type FrameSize,
} from '@hamon/contracts';
import { CONFIDENCE_BINS, confidenceBin } from '@hamon/stats';
import type { Summaries, SummaryCollector } from '../task.js';
import { commonestLabels, mergeLabels } from '../shared/label-counts.js';
import { addAll } from '../shared/numbers.js';
import { areaOf } from './boxes.js';

const zeros = (length: number): number[] => new Array<number>(length).fill(0);

class Summary implements SummaryCollector<'detection'> {
  private answers = 0;
  private detections = 0;
  private cutFrames = 0;
  private readonly labels = new Map<string, number>();
  private readonly confidence = zeros(CONFIDENCE_BINS);
  private readonly perFrame = zeros(DETECTION_COUNT_BINS);
  private readonly areas = zeros(BOX_AREA_BINS);

  add({ detections, candidatesCut = 0 }: DetectionAnswer, frame: FrameSize): void {
    this.answers += 1;
    this.detections += detections.length;
    if (candidatesCut > 0) this.cutFrames += 1;
    count(this.perFrame, countBin(detections.length));
    for (const { label, confidence, box } of detections) {
      this.labels.set(label, (this.labels.get(label) ?? 0) + 1);
      count(this.confidence, confidenceBin(confidence));
      count(this.areas, areaBin(areaOf(box) / (frame.width * frame.height)));
    }
  }

  build(): DetectionSummary {
    return {
      kind: 'detection/1',
      answers: this.answers,
      detections: this.detections,
      ...commonestLabels(this.labels),
      confidence: [...this.confidence],
      perFrame: [...this.perFrame],
      areas: [...this.areas],
      cutFrames: this.cutFrames,
    };
  }
}

function count(bins: number[], bin: number): void {
  bins[bin] = (bins[bin] ?? 0) + 1;
}

/** 0, 1, 2, 3-4, 5-8, … */
const countBin = (n: number): number =>
  n === 0 ? 0 : Math.min(DETECTION_COUNT_BINS - 1, Math.ceil(Math.log2(n)) + 1);

/** The last bin is of a quarter of the frame and more, each one before of a quarter of that. */
function areaBin(share: number): number {
  const bin = BOX_AREA_BINS + Math.floor(Math.log(share) / Math.log(4));
  return Math.min(BOX_AREA_BINS - 1, Math.max(0, bin));
}

export const summaries: Summaries<'detection'> = {
  collect: () => new Summary(),
  merge: (a, b) => ({
    kind: 'detection/1',
    answers: a.answers + b.answers,
    detections: a.detections + b.detections,
    ...mergeLabels(a, b),
    confidence: addAll(a.confidence, b.confidence),
    perFrame: addAll(a.perFrame, b.perFrame),
    areas: addAll(a.areas, b.areas),
    cutFrames: a.cutFrames + b.cutFrames,
  }),
};
