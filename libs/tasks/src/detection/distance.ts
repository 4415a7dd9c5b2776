import type { BundleInput, Detection, DetectionSpec } from '@hamon/contracts';
import type { Tensors } from '../tensors.js';
import { scoreOf } from './activation.js';
import { Candidates } from './candidates.js';
import { headOf } from './decode.js';
import type { Head } from './head.js';
import { matchBoxes } from './matching.js';

/** Anchors of a sample that are looked at, of each of the two the best; what is less than the least score is no anchor at all. */
const MOST_ANCHORS = 100;
const LEAST_SCORE = 1e-4;
/** Where the original says nothing anywhere, whatever the other says is held against this. */
const LEAST_ENERGY = 1e-3;

interface Side {
  readonly head: Head;
  readonly best: Candidates;
  /** The best first. */
  readonly anchors: readonly number[];
}

/** The same thing in both outputs, or what one alone has. */
type Pair = readonly [original: number | undefined, other: number | undefined];

/**
 * Squared error of the scores over their squares, and of the boxes' sides over their sizes, weighted by the scores' squares
 * too, one beside the other: in one sum pixels would drown the scores. Both are of the anchors that come to something,
 * background being alike in all.
 */
export function distance(
  spec: DetectionSpec,
  original: readonly Tensors[],
  others: readonly Tensors[],
  input: BundleInput,
): number {
  const [before, after] = [rankerOf(spec), rankerOf(spec)];
  const sums = { error: 0, energy: 0, moved: 0, weight: 0 };
  for (const [sample, tensors] of original.entries()) {
    const first = sideOf(spec, input, tensors, before);
    const second = sideOf(spec, input, others[sample], after);
    if (!first || !second) return Infinity;
    for (const pair of pairsOf(first, second, spec)) {
      addScores(sums, first.head, second.head, pair, spec);
      addBoxes(sums, first, second, pair);
    }
  }
  return (
    sums.error / Math.max(LEAST_ENERGY, sums.energy) + (sums.weight === 0 ? 0 : sums.moved / sums.weight)
  );
}

type Sums = Record<'error' | 'energy' | 'moved' | 'weight', number>;

const rankerOf = ({ labels, scoreActivation }: DetectionSpec): Candidates =>
  new Candidates(
    labels.map(() => LEAST_SCORE),
    scoreActivation,
  );

function sideOf(
  spec: DetectionSpec,
  input: BundleInput,
  tensors: Tensors | undefined,
  best: Candidates,
): Side | undefined {
  const head = tensors && headOf(spec, input, tensors);
  const ranked = head?.ok ? best.rank(head.value, MOST_ANCHORS) : '';
  if (!head?.ok || typeof ranked === 'string') return undefined;
  const anchors = Array.from(ranked, (key) => Candidates.anchorOf(key));
  return { head: head.value, best, anchors };
}

/** Anchors of a dense head are places; rows that the model has chosen have to be found again. */
function pairsOf(first: Side, second: Side, spec: DetectionSpec): Pair[] {
  if (!first.head.labels) {
    return [...new Set([...first.anchors, ...second.anchors])].map((anchor): Pair => [anchor, anchor]);
  }
  const matches = matchBoxes(foundBy(first, spec), foundBy(second, spec), 0.5);
  const [matched, matchedToo] = [new Set(matches.map(([i]) => i)), new Set(matches.map(([, j]) => j))];
  return [
    ...matches.map(([i, j]): Pair => [first.anchors[i], second.anchors[j]]),
    ...first.anchors.flatMap((anchor, i): Pair[] => (matched.has(i) ? [] : [[anchor, undefined]])),
    ...second.anchors.flatMap((anchor, j): Pair[] => (matchedToo.has(j) ? [] : [[undefined, anchor]])),
  ];
}

const foundBy = ({ head, best, anchors }: Side, { labels }: DetectionSpec): Detection[] =>
  anchors.map((anchor) => {
    const [x = 0, y = 0, right = 0, lower = 0] = cornersOf(head, anchor);
    return {
      label: labels[best.labels[anchor] as number] ?? '',
      confidence: best.scores[anchor] as number,
      box: { x, y, width: Math.max(0, right - x), height: Math.max(0, lower - y) },
    };
  });

function addScores(sums: Sums, first: Head, second: Head, [a, b]: Pair, spec: DetectionSpec): void {
  const { scoreActivation, labels } = spec;
  for (let label = 0; label < labels.length; label += 1) {
    const before = a === undefined ? 0 : scoreOf(first, scoreActivation, labels.length, a, label);
    const after = b === undefined ? 0 : scoreOf(second, scoreActivation, labels.length, b, label);
    sums.error += (after - before) ** 2;
    sums.energy += before ** 2;
  }
}

/** A box that is off by its own size is no more off elsewhere. */
function addBoxes(sums: Sums, first: Side, second: Side, [a, b]: Pair): void {
  if (a === undefined || b === undefined) return;
  const score = first.best.scores[a] as number;
  if (!(score >= LEAST_SCORE)) return;
  const weight = score * score;
  const [before, after] = [cornersOf(first.head, a), cornersOf(second.head, b)];
  let error = 0;
  for (const axis of [0, 1]) {
    const size = (before[axis + 2] as number) - (before[axis] as number);
    for (const side of [axis, axis + 2]) {
      error += ((after[side] as number) - (before[side] as number)) ** 2 / Math.max(1e-12, size * size);
    }
  }
  sums.moved += weight * Math.min(1, error / 4);
  sums.weight += weight;
}

function cornersOf(head: Head, anchor: number): Float64Array {
  const corners = new Float64Array(4);
  head.corners(anchor, corners, 0);
  return corners;
}
