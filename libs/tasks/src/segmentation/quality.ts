import { total, type BundleInput, type FrameSize, type SegmentationSpec } from '@hamon/contracts';
import type { Quality, QualityCollector } from '../task.js';
import type { Tensors } from '../tensors.js';
import type { FrameTruth, LabelMask } from '../truth.js';
import { addAll, meanOf } from '../shared/numbers.js';
import { decoder } from './decode.js';

/** Intersection over union by label, over all pixels of all images. */
class SegmentationQuality implements QualityCollector {
  private samples = 0;
  private common: number[];
  private said: number[];
  private right: number[];
  private readonly decode;

  constructor(
    private readonly spec: SegmentationSpec,
    input: BundleInput,
  ) {
    this.decode = decoder(spec, input);
    this.common = spec.labels.map(() => 0);
    this.said = spec.labels.map(() => 0);
    this.right = spec.labels.map(() => 0);
  }

  add(tensors: Tensors, frame: FrameSize, { mask }: FrameTruth): string | undefined {
    const problem = mask ? maskProblem(mask, frame, this.spec.labels.length) : 'no mask is given';
    if (!mask || problem) return problem;
    const answer = this.decode(tensors, frame);
    if (!answer.ok) return answer.error.detail;
    const { rle } = answer.value.mask;
    let pixel = 0;
    for (let at = 0; at < rle.length; at += 2) {
      const [label, end] = [rle[at] as number, pixel + (rle[at + 1] as number)];
      this.said[label] = (this.said[label] as number) + (end - pixel);
      for (; pixel < end; pixel += 1) {
        const truth = mask.labels[pixel] as number;
        this.right[truth] = (this.right[truth] as number) + 1;
        if (truth === label) this.common[label] = (this.common[label] as number) + 1;
      }
    }
    this.samples += 1;
    return undefined;
  }

  merge(other: SegmentationQuality): void {
    this.samples += other.samples;
    this.common = addAll(this.common, other.common);
    this.said = addAll(this.said, other.said);
    this.right = addAll(this.right, other.right);
  }

  build(): Quality {
    const { labels, background } = this.spec;
    const ious = labels.flatMap((label, i) => {
      const common = this.common[i] ?? 0;
      const union = (this.said[i] ?? 0) + (this.right[i] ?? 0) - common;
      // A label that neither the model nor the truth has says nothing.
      return union === 0 ? [] : [{ label, iou: common / union, isDefect: i !== background }];
    });
    const mIoU = meanOf(ious.map(({ iou }) => iou));
    return {
      samples: this.samples,
      metric: 'mIoU',
      value: mIoU,
      figures: {
        mIoU,
        mIoUDefects: meanOf(ious.flatMap(({ iou, isDefect }) => (isDefect ? [iou] : []))),
        pixelAccuracy: total(this.common) / Math.max(1, total(this.right)),
        ...Object.fromEntries(ious.map(({ label, iou }) => [`IoU.${label}`, iou])),
      },
    };
  }
}

function maskProblem(mask: LabelMask, frame: FrameSize, labels: number): string | undefined {
  const { width, height } = mask;
  if (width !== frame.width || height !== frame.height) {
    return `the mask is ${width} x ${height}, its image ${frame.width} x ${frame.height}`;
  }
  if (mask.labels.length !== width * height) {
    return `the mask has ${mask.labels.length} pixels, ${width} x ${height} are ${width * height}`;
  }
  const stranger = mask.labels.find((label) => label >= labels);
  return stranger === undefined
    ? undefined
    : `the mask holds ${stranger}, output.labels has ${labels} labels`;
}

export const quality = {
  needs: 'mask' as const,
  collect: (spec: SegmentationSpec, input: BundleInput): QualityCollector =>
    new SegmentationQuality(spec, input),
};
