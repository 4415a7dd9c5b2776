import type { SegmentationAnswer, SegmentationComparison, SegmentationSpec } from '@hamon/contracts';
import type { Comparisons, PairCollector } from '../task.js';
import { keptLabels, mergeByLabel } from '../shared/kept-labels.js';
import { emptyRatio, mergeRatios, RatioCollector, ratioFault } from '../shared/ratio.js';
import { foregroundDice } from './dice.js';
import { overlay } from './run-lengths.js';

/** Counts pixels by what two versions say of them, as shares of their frames: large frames count no more than small ones. */
class Pairs implements PairCollector<'segmentation'> {
  private readonly names: readonly string[];
  private readonly both: number[];
  private readonly first: number[];
  private readonly second: number[];
  private readonly dice = new RatioCollector();
  private readonly counts = { frames: 0, firstFound: 0, secondSilent: 0, secondFound: 0, firstSilent: 0 };

  constructor(private readonly spec: SegmentationSpec) {
    this.names = keptLabels(spec.labels);
    this.both = this.names.map(() => 0);
    this.first = this.names.map(() => 0);
    this.second = this.names.map(() => 0);
  }

  add({ mask: first }: SegmentationAnswer, { mask: second }: SegmentationAnswer): void {
    const size = first.width * first.height;
    // Masks of different frames have no pixels in common.
    if (first.width !== second.width || first.height !== second.height) return;
    const { background } = this.spec;
    let [common, ofFirst, ofSecond] = [0, 0, 0];
    overlay(first.rle, second.rle, (a, b, pixels) => {
      this.count(a, b, pixels / size);
      if (a !== background) ofFirst += pixels;
      if (b !== background) ofSecond += pixels;
      if (a === b && a !== background) common += pixels;
    });
    this.dice.add((2 * common) / size, (ofFirst + ofSecond) / size);
    this.counts.frames += 1;
    if (ofFirst > 0) this.counts.firstFound += 1;
    if (ofSecond > 0) this.counts.secondFound += 1;
    if (ofFirst > 0 && ofSecond === 0) this.counts.secondSilent += 1;
    if (ofSecond > 0 && ofFirst === 0) this.counts.firstSilent += 1;
  }

  get frames(): number {
    return this.counts.frames;
  }

  build(): SegmentationComparison {
    const labels = this.names.map((label, i) => ({
      label,
      both: this.both[i] ?? 0,
      first: this.first[i] ?? 0,
      second: this.second[i] ?? 0,
    }));
    const { background } = this.spec;
    return {
      kind: 'segmentation/1',
      ...this.counts,
      background: background === null ? null : (this.names[this.placeOf(background)] ?? null),
      labels,
      dice: this.dice.build(),
    };
  }

  private count(a: number, b: number, share: number): void {
    const [one, other] = [this.placeOf(a), this.placeOf(b)];
    this.first[one] = (this.first[one] ?? 0) + share;
    this.second[other] = (this.second[other] ?? 0) + share;
    if (a === b) this.both[one] = (this.both[one] ?? 0) + share;
  }

  private placeOf(label: number): number {
    return Math.min(label, this.names.length - 1);
  }
}

export const comparisons: Comparisons<'segmentation'> = {
  empty: () => ({
    kind: 'segmentation/1',
    frames: 0,
    firstFound: 0,
    secondSilent: 0,
    secondFound: 0,
    firstSilent: 0,
    background: null,
    labels: [],
    dice: emptyRatio(),
  }),
  collect: (spec) => new Pairs(spec),
  merge: (a, b) => ({
    kind: 'segmentation/1',
    frames: a.frames + b.frames,
    firstFound: a.firstFound + b.firstFound,
    secondSilent: a.secondSilent + b.secondSilent,
    secondFound: a.secondFound + b.secondFound,
    firstSilent: a.firstSilent + b.firstSilent,
    background: a.background ?? b.background,
    labels: mergeByLabel(a.labels, b.labels, (one, other) => ({
      label: one.label,
      both: one.both + other.both,
      first: one.first + other.first,
      second: one.second + other.second,
    })),
    dice: mergeRatios(a.dice, b.dice),
  }),
  transpose: ({ firstFound, secondSilent, secondFound, firstSilent, labels, ...rest }) => ({
    ...rest,
    firstFound: secondFound,
    secondSilent: firstSilent,
    secondFound: firstFound,
    firstSilent: secondSilent,
    labels: labels.map(({ first, second, ...of }) => ({ ...of, first: second, second: first })),
  }),
  fault,
  measure: 'foreground Dice',
  agreement: (comparison) => foregroundDice(comparison, 0)?.ratio ?? null,
  anotherJob: 0.02,
};

function fault(comparison: SegmentationComparison): string | undefined {
  const { frames, firstFound, secondSilent, secondFound, firstSilent, labels, dice } = comparison;
  if (new Set(labels.map(({ label }) => label)).size < labels.length) return 'a label is compared twice';
  const most = frames * (1 + 1e-9);
  const areFramesPossible =
    secondSilent <= firstFound &&
    firstSilent <= secondFound &&
    Math.max(firstFound + firstSilent, secondFound + secondSilent, dice.frames) <= frames;
  if (!areFramesPossible) return 'the frames on which foreground was found contradict each other';
  const areSharesPossible = labels.every(
    ({ both, first, second }) =>
      both >= 0 && both <= Math.min(first, second) * (1 + 1e-9) + 1e-9 && Math.max(first, second) <= most,
  );
  if (!areSharesPossible) return "the labels' shares contradict each other";
  return dice.denominator <= 2 * most ? ratioFault(dice) : 'the foreground is larger than the frames';
}
