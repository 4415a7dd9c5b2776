import type { DetectionComparison } from '@hamon/contracts';
import { totalsOf } from './box-counts.js';

/** Labels that a sentence names. */
const MOST_NAMED = 5;

interface Tally {
  readonly label: string;
  both: number;
  first: number;
  second: number;
}

/** `90 boxes found by both, 8 by the former alone, 7 by the new one alone (Crack 12, 3, 4; …)`. */
export function describeBoxes(comparison: DetectionComparison): string {
  const { both, onlyFirst, onlySecond } = totalsOf(comparison);
  const named = talliesOf(comparison)
    .slice(0, MOST_NAMED)
    .map((tally) => `${tally.label} ${tally.both}, ${tally.first}, ${tally.second}`);
  const byLabel = named.length === 0 ? '' : ` (${named.join('; ')})`;
  return `${both} boxes found by both, ${onlyFirst} by the former alone, ${onlySecond} by the new one alone${byLabel}`;
}

/** By the former version's label where both found a box, the commonest first. */
function talliesOf({ labels, both, onlyFirst, onlySecond }: DetectionComparison): Tally[] {
  const tallies = labels.map((label): Tally => ({ label, both: 0, first: 0, second: 0 }));
  const count = (place: number, who: 'both' | 'first' | 'second', boxes: number): void => {
    const tally = tallies[place];
    if (tally) tally[who] += boxes;
  };
  for (const [first, , boxes] of both) count(first, 'both', boxes);
  for (const [label, boxes] of onlyFirst) count(label, 'first', boxes);
  for (const [label, boxes] of onlySecond) count(label, 'second', boxes);
  const size = ({ both: b, first, second }: Tally): number => b + first + second;
  return tallies
    .filter((tally) => size(tally) > 0)
    .sort((a, b) => size(b) - size(a) || (a.label < b.label ? -1 : 1));
}
