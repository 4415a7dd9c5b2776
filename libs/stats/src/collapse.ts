import { marginals, type ContingencyTable } from './contingency-table.js';
import { wilsonInterval } from './interval.js';

/** How far the second classifier has fallen into one label. */
export interface Collapse {
  /** The second classifier's commonest label. */
  readonly label: string;
  /** Frames on which the first says something else than `label`. */
  readonly others: number;
  /** Of these, the frames on which the second says `label` all the same. */
  readonly swallowed: number;
  /** `swallowed / others`, 0 without others; `lower` is its Wilson bound. */
  readonly share: number;
  readonly lower: number;
}

/**
 * Does the second classifier's commonest label swallow the frames on which the first says something else? A model that
 * says one label always reaches a share of 1 although it disagrees rarely where that label is common; two good ones stay
 * far below one half. Undefined for an empty table.
 *
 * @param z standard errors of the lower bound
 */
export function collapseOf(table: ContingencyTable, z: number): Collapse | undefined {
  const { second } = marginals(table);
  const commonest = second.reduce((best, n, i) => (n > (second[best] ?? 0) ? i : best), 0);
  const label = table.labels[commonest];
  if (label === undefined || (second[commonest] ?? 0) === 0) return undefined;
  let others = 0;
  let swallowed = 0;
  for (const [first, said, frames] of table.cells) {
    if (first === commonest) continue;
    others += frames;
    if (said === commonest) swallowed += frames;
  }
  return {
    label,
    others,
    swallowed,
    share: others === 0 ? 0 : swallowed / others,
    lower: wilsonInterval(swallowed, others, z).lower,
  };
}

/** From this share of swallowed frames on a classifier counts as collapsed … */
export const COLLAPSED_SHARE = 0.9;
/** … where its lower bound is above this, so that a handful of frames convicts nobody. */
export const COLLAPSED_LOWER_BOUND = 0.5;

/** Has it collapsed for certain? */
export const isCollapsed = (collapse: Collapse): boolean =>
  collapse.share >= COLLAPSED_SHARE && collapse.lower > COLLAPSED_LOWER_BOUND;
