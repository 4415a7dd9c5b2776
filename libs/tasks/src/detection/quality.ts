import type { BundleInput, Detection, DetectionSpec, FrameSize } from '@hamon/contracts';
import type { Quality, QualityCollector } from '../task.js';
import type { Tensors } from '../tensors.js';
import type { FrameTruth, TrueBox } from '../truth.js';
import { meanOf } from '../shared/numbers.js';
import { averagePrecision, IOU_LIMITS, type Judged } from './average-precision.js';
import { decoder } from './decode.js';
import { judgeDetections } from './judge-detections.js';

/** Average precision is of all scores, not of those above the bundle's threshold; as many boxes an image as COCO counts. */
const EVALUATION = { threshold: 0.001, maxDetections: 100 };
const MIN_CANDIDATES = 30_000;

interface LabelSoFar {
  truths: number;
  readonly judged: Judged[];
}

/** Average precision by COCO's rules: all sizes, at most 100 detections an image. */
class DetectionQuality implements QualityCollector {
  private samples = 0;
  private readonly labels: ReadonlyMap<string, LabelSoFar>;
  private readonly decode;

  constructor(spec: DetectionSpec, input: BundleInput) {
    const maxCandidates = Math.max(MIN_CANDIDATES, spec.maxCandidates);
    this.decode = decoder({ ...spec, ...EVALUATION, maxCandidates }, input);
    this.labels = new Map(spec.labels.map((label) => [label, { truths: 0, judged: [] }]));
  }

  add(tensors: Tensors, frame: FrameSize, { boxes }: FrameTruth): string | undefined {
    if (!boxes) return 'no boxes are given';
    const stranger = boxes.find(({ label }) => !this.labels.has(label));
    if (stranger) return `"${stranger.label}" is not one of output.labels`;
    const answer = this.decode(tensors, frame);
    if (!answer.ok) return answer.error.detail;
    this.samples += 1;
    const found = groupBy(answer.value.detections);
    const truths = groupBy(boxes);
    for (const label of new Set([...found.keys(), ...truths.keys()])) {
      this.judge(label, found.get(label) ?? [], truths.get(label) ?? []);
    }
    return undefined;
  }

  merge(other: DetectionQuality): void {
    this.samples += other.samples;
    for (const [label, { truths, judged }] of other.labels) {
      const own = this.labels.get(label);
      if (!own) continue;
      own.truths += truths;
      for (const one of judged) own.judged.push(one);
    }
  }

  build(): Quality {
    const figures: Record<string, number> = {};
    const [halves, means]: [number[], number[]] = [[], []];
    // What nobody has seen has no precision, and no part in the mean.
    for (const [label, { truths, judged }] of this.labels) {
      if (truths === 0) continue;
      const ranked = [...judged].sort((a, b) => b.score - a.score);
      const byLimit = IOU_LIMITS.map((_, limit) => averagePrecision(ranked, limit, truths));
      halves.push(byLimit[0] ?? 0);
      means.push(meanOf(byLimit));
      figures[`AP50.${label}`] = byLimit[0] ?? 0;
    }
    const mAP50 = meanOf(halves);
    return {
      samples: this.samples,
      metric: 'mAP50',
      value: mAP50,
      figures: { mAP50, mAP50to95: meanOf(means), ...figures },
    };
  }

  private judge(label: string, found: readonly Detection[], truths: readonly TrueBox[]): void {
    const soFar = this.labels.get(label);
    if (!soFar) return;
    soFar.truths += truths.filter(({ isCrowd }) => !isCrowd).length;
    for (const one of judgeDetections(found, truths)) soFar.judged.push(one);
  }
}

function groupBy<Item extends { readonly label: string }>(items: readonly Item[]): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(item.label);
    if (group) group.push(item);
    else groups.set(item.label, [item]);
  }
  return groups;
}

export const quality = {
  needs: 'boxes' as const,
  collect: (spec: DetectionSpec, input: BundleInput): QualityCollector => new DetectionQuality(spec, input),
};
