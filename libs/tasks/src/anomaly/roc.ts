import { total } from '@hamon/contracts';

/**
 * Area under the ROC curve: how often an anomalous one of two has the higher score, equal ones counting half. One half where
 * there is only one kind.
 *
 * @param counts anomalous and normal ones by score, the lowest first
 */
export function areaUnderRoc(counts: Iterable<readonly [anomalous: number, normal: number]>): number {
  let [pairs, anomalous, normal] = [0, 0, 0];
  for (const [high, low] of counts) {
    pairs += high * (normal + low / 2);
    anomalous += high;
    normal += low;
  }
  return anomalous === 0 || normal === 0 ? 0.5 : pairs / (anomalous * normal);
}

/** Half of them above the threshold. */
const BINS = 1 << 17;

/**
 * Counts pixels by score in bounded memory whatever the scores are: bins are finest around the threshold and reach to
 * infinity. The area that they give is off by less than 0.001 unless a third of all pixels lies in one bin.
 */
export class PixelCounts {
  private readonly anomalous = new Float64Array(BINS);
  private readonly normal = new Float64Array(BINS);

  /** @param unit distance from the threshold at which a bin is four times as wide as at it, in the scores' units */
  constructor(
    private readonly threshold: number,
    private readonly unit: number,
  ) {}

  add(score: number, isAnomalous: boolean): void {
    const distance = (score - this.threshold) / this.unit;
    const place = distance / (1 + Math.abs(distance));
    const bin = Math.min(BINS - 1, Math.floor(((place + 1) / 2) * BINS));
    const counts = isAnomalous ? this.anomalous : this.normal;
    counts[bin] = (counts[bin] as number) + 1;
  }

  merge(other: PixelCounts): void {
    for (let bin = 0; bin < BINS; bin += 1) {
      this.anomalous[bin] = (this.anomalous[bin] as number) + (other.anomalous[bin] as number);
      this.normal[bin] = (this.normal[bin] as number) + (other.normal[bin] as number);
    }
  }

  /** Undefined where there are no pixels of one kind. */
  area(): number | undefined {
    const isThere = (counts: Float64Array): boolean => counts.some((n) => n > 0);
    if (!isThere(this.anomalous) || !isThere(this.normal)) return undefined;
    return areaUnderRoc(
      Array.from(this.anomalous, (high, bin): [number, number] => [high, this.normal[bin] ?? 0]),
    );
  }
}

export interface ScoredImage {
  readonly score: number;
  readonly isAnomalous: boolean;
}

/** The best F1 that a threshold gives, and the one in the middle between the two scores that it parts. */
export function bestF1(images: readonly ScoredImage[]): { f1: number; threshold: number } {
  const falling = [...images].sort((a, b) => b.score - a.score);
  const anomalous = total(images.map((image) => Number(image.isAnomalous)));
  let best = { f1: 0, threshold: falling[0]?.score ?? 0 };
  let right = 0;
  falling.forEach(({ score, isAnomalous }, i) => {
    if (isAnomalous) right += 1;
    const next = falling[i + 1]?.score ?? score;
    if (next === score && i + 1 < falling.length) return;
    const f1 = f1Of(right, i + 1, anomalous);
    if (f1 > best.f1) best = { f1, threshold: (score + next) / 2 };
  });
  return best;
}

/** @param said those that were found, @param there those that there are */
export const f1Of = (right: number, said: number, there: number): number =>
  said + there === 0 ? 0 : (2 * right) / (said + there);

/** By score, images of one score together. */
export function countsByScore(images: readonly ScoredImage[]): [number, number][] {
  const counts = new Map<number, [number, number]>();
  for (const { score, isAnomalous } of images) {
    const count = counts.get(score) ?? [0, 0];
    count[isAnomalous ? 0 : 1] += 1;
    counts.set(score, count);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([, count]) => count);
}
