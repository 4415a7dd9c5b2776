import type { RegressionComparison, ValueComparison } from '@hamon/contracts';
import { anytimeMultiplier } from '@hamon/stats';
import type { Breakdown, TaskCheck } from '../task.js';
import { hardlyVaries, spreadsOf } from './spread.js';

/** A version whose values vary by less than this share of the former version's tells one value whatever it sees … */
const CONSTANT_SHARE = 0.01;
/** … where the upper end of that share is below this, and on this many frames, so that a handful convicts nobody. */
const CONSTANT_UPPER_BOUND = 0.05;
const LEAST_FRAMES = 20;

interface Constancy {
  readonly name: string;
  readonly count: number;
  /** How much the version's values vary over how much the former one's do; undefined where those hardly vary. */
  readonly share: number | undefined;
  readonly upper: number;
}

/** Does the version tell one value whatever it sees, where the former version's values vary? */
export const collapse: TaskCheck<'regression'> = {
  name: 'collapse',
  judge: (comparison, { minPairedFrames, confidence }) => {
    const z = anytimeMultiplier(Math.max(1, comparison.frames), minPairedFrames / 4, confidence);
    const found = comparison.values.map((value) => constancyOf(value, z));
    const constant = found.find(isConstant);
    const shown = found.filter(({ share }) => share !== undefined);
    const least = Math.min(...shown.map(({ share }) => share ?? Infinity));
    const figures = {
      share: shown.length === 0 ? null : least,
      limit: CONSTANT_SHARE,
      frames: comparison.frames,
    };
    if (constant) return { verdict: 'fail', detail: `the version ${describe(constant)}`, figures };
    if (shown.length === 0) {
      const detail = `the former version's values hardly vary on ${comparison.frames} frames, which shows nothing`;
      return { verdict: 'inconclusive', detail, figures };
    }
    const detail = `the version's values vary ${least.toFixed(2)} times as much as those of the former one, or more`;
    return { verdict: least <= CONSTANT_SHARE ? 'inconclusive' : 'pass', detail, figures };
  },
};

export function breakdown({ values }: RegressionComparison, z: number): Breakdown | undefined {
  const constant = values.map((value) => constancyOf(value, z)).find(isConstant);
  return constant && { code: 'answer-collapse', detail: `it ${describe(constant)}` };
}

const describe = ({ name, count }: Constancy): string =>
  `tells about one "${name}" on ${count} frames on which the former version's values vary`;

/** The logarithm of a standard deviation has an error of 1 / sqrt(2 (n - 1)), that of a ratio of two the root of two of it. */
function constancyOf(value: ValueComparison, z: number): Constancy {
  const { name, count } = value;
  const { first, second } = spreadsOf(value);
  if (hardlyVaries(value)) return { name, count, share: undefined, upper: Infinity };
  const share = second / first;
  // One value for all frames has no error at all: the smallest share that counts stands for it.
  const upper = Math.max(share, CONSTANT_SHARE / 2) * Math.exp(z / Math.sqrt(count - 1));
  return { name, count, share, upper };
}

const isConstant = ({ count, share, upper }: Constancy): boolean =>
  count >= LEAST_FRAMES && share !== undefined && share <= CONSTANT_SHARE && upper <= CONSTANT_UPPER_BOUND;
