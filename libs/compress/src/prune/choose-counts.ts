/** What keeping fewer channels of one space is expected to cost, in units that compare between spaces. */
export interface SpaceCurve {
  readonly size: number;
  /** Numbers of channels to choose from besides all, falling. */
  readonly counts: readonly number[];
  /** Expected cost of each count, rising. */
  readonly costs: readonly number[];
}

/**
 * How many channels each space keeps. Starting from all, again and again the step to any lower count that costs least per
 * saved operation, until enough is saved; steps of any width, so that a curve that starts flat is seen as a whole.
 * @param macs multiply-accumulates of the whole model for given counts
 * @returns `undefined` where even the lowest counts do not save enough
 */
export function chooseCounts(
  curves: readonly SpaceCurve[],
  macs: (counts: readonly number[]) => number,
  budget: number,
): readonly number[] | undefined {
  const counts = curves.map(({ size }) => size);
  const costOf = (space: number, count: number): number => {
    const curve = curves[space];
    const at = curve?.counts.indexOf(count) ?? -1;
    return at < 0 ? 0 : (curve?.costs[at] ?? 0);
  };
  for (let now = macs(counts); now > budget; now = macs(counts)) {
    let best: { space: number; count: number; rate: number } | undefined;
    for (const [space, curve] of curves.entries()) {
      const current = counts[space] as number;
      for (const count of curve.counts) {
        if (count >= current) continue;
        const saved = now - macs(counts.map((value, at) => (at === space ? count : value)));
        if (saved <= 0) continue;
        const rate = (costOf(space, count) - costOf(space, current)) / saved;
        if (best === undefined || rate < best.rate) best = { space, count, rate };
      }
    }
    if (best === undefined) return undefined;
    counts[best.space] = best.count;
  }
  return counts;
}
