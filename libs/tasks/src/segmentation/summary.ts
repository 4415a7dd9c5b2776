import type { SegmentationAnswer, SegmentationSpec, SegmentationSummary } from '@hamon/contracts';
import { CONFIDENCE_BINS, confidenceBin } from '@hamon/stats';
import type { Collector, Summaries } from '../task.js';
import { keptLabels, mergeByLabel } from '../shared/kept-labels.js';
import { addAll } from '../shared/numbers.js';
import { pixelsByLabel } from './run-lengths.js';

class Summary implements Collector<SegmentationAnswer, SegmentationSummary> {
  private answers = 0;
  private regions = 0;
  private readonly names: readonly string[];
  private readonly frames: number[];
  private readonly shares: number[];
  private readonly foreground = new Array<number>(CONFIDENCE_BINS).fill(0);

  constructor(private readonly spec: SegmentationSpec) {
    this.names = keptLabels(spec.labels);
    this.frames = this.names.map(() => 0);
    this.shares = this.names.map(() => 0);
  }

  add({ regions, mask: { width, height, rle } }: SegmentationAnswer): void {
    const { labels, background } = this.spec;
    const pixels = pixelsByLabel(rle, labels.length);
    const size = width * height;
    this.answers += 1;
    this.regions += regions.length;
    const bin = confidenceBin(background === null ? 1 : 1 - (pixels[background] ?? 0) / size);
    this.foreground[bin] = (this.foreground[bin] ?? 0) + 1;
    const seen = new Set<number>();
    pixels.forEach((count, label) => {
      if (count === 0) return;
      const place = Math.min(label, this.names.length - 1);
      seen.add(place);
      this.shares[place] = (this.shares[place] ?? 0) + count / size;
    });
    for (const place of seen) this.frames[place] = (this.frames[place] ?? 0) + 1;
  }

  build(): SegmentationSummary {
    return {
      kind: 'segmentation/1',
      answers: this.answers,
      labels: this.names.map((label, i) => ({
        label,
        frames: this.frames[i] ?? 0,
        share: this.shares[i] ?? 0,
      })),
      regions: this.regions,
      foreground: [...this.foreground],
    };
  }
}

export const summaries: Summaries<'segmentation'> = {
  collect: (spec) => new Summary(spec),
  merge: (a, b) => ({
    kind: 'segmentation/1',
    answers: a.answers + b.answers,
    labels: mergeByLabel(a.labels, b.labels, (one, other) => ({
      label: one.label,
      frames: one.frames + other.frames,
      share: one.share + other.share,
    })),
    regions: a.regions + b.regions,
    foreground: addAll(a.foreground, b.foreground),
  }),
};
