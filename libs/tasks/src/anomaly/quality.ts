import type { AnomalySpec, BundleInput, FrameSize } from '@hamon/contracts';
import type { Quality, QualityCollector } from '../task.js';
import type { Tensors } from '../tensors.js';
import type { FrameTruth } from '../truth.js';
import { normaliseScore } from './normalise.js';
import { readOutputs } from './read-outputs.js';
import { pixelValues } from './resize-map.js';
import { areaUnderRoc, bestF1, countsByScore, f1Of, PixelCounts, type ScoredImage } from './roc.js';

/** Scores of all images, since their ranks count, and counts of pixels; in the model's own units, which nothing cuts off. */
class AnomalyQuality implements QualityCollector {
  private images: ScoredImage[] = [];
  private readonly pixels: PixelCounts;

  constructor(
    private readonly spec: AnomalySpec,
    private readonly input: BundleInput,
  ) {
    this.pixels = new PixelCounts(spec.threshold, spec.threshold - spec.minimum);
  }

  /** An image that is normal has no anomalous pixels; one that is anomalous and has no mask tells nothing of its pixels. */
  add(tensors: Tensors, frame: FrameSize, { anomalous, anomalyMask }: FrameTruth): string | undefined {
    if (anomalous === undefined) return 'it is not said whether the image is anomalous';
    if (anomalyMask && (anomalyMask.width !== frame.width || anomalyMask.height !== frame.height)) {
      return `the mask is ${anomalyMask.width} x ${anomalyMask.height}, its image ${frame.width} x ${frame.height}`;
    }
    const outputs = readOutputs(this.spec, tensors);
    if (!outputs.ok) return outputs.error.detail;
    const { score, map } = outputs.value;
    this.images.push({ score, isAnomalous: anomalous });
    if (!map || (anomalous && !anomalyMask)) return undefined;
    let pixel = 0;
    for (const value of pixelValues(map, this.input, frame)) {
      this.pixels.add(value, (anomalyMask?.labels[pixel] ?? 0) > 0);
      pixel += 1;
    }
    return undefined;
  }

  merge(other: AnomalyQuality): void {
    this.images = [...this.images, ...other.images];
    this.pixels.merge(other.pixels);
  }

  build(): Quality {
    const { images, spec } = this;
    const imageAUROC = areaUnderRoc(countsByScore(images));
    const pixelAUROC = this.pixels.area();
    const said = images.filter(({ score }) => normaliseScore(spec, score) >= 0.5);
    const there = images.filter(({ isAnomalous }) => isAnomalous).length;
    const best = bestF1(images);
    return {
      samples: images.length,
      metric: 'imageAUROC',
      value: imageAUROC,
      figures: {
        imageAUROC,
        ...(pixelAUROC === undefined ? {} : { pixelAUROC }),
        F1: f1Of(said.filter(({ isAnomalous }) => isAnomalous).length, said.length, there),
        bestF1: best.f1,
        bestF1Threshold: best.threshold,
      },
    };
  }
}

export const quality = {
  needs: 'anomalous' as const,
  collect: (spec: AnomalySpec, input: BundleInput): QualityCollector => new AnomalyQuality(spec, input),
};
