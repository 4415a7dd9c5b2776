import { err, type RegressionSpec } from '@hamon/contracts';
import type { Task } from '../task.js';
import { agreement } from './agreement.js';
import { breakdown, collapse } from './collapse.js';
import { comparisons } from './comparison.js';
import { checkOutputs, decoder } from './decode.js';
import { distance } from './distance.js';
import { golden } from './golden.js';
import { quality } from './quality.js';
import { summaries } from './summary.js';

/** Numbers in units. */
export const regression: Task<'regression'> = {
  name: 'regression',
  outputNames: ({ name }) => [name],
  checkOutputs,
  decoder,
  labels: namesWithUnits,
  withThreshold: () => err('regression has no threshold: its values are told as they are'),
  // A number does not say how sure it is.
  confidence: () => null,
  isDefect: ({ values }, { limits }) => {
    const judged = Object.entries(limits ?? {}).filter(([name]) => Object.hasOwn(values, name));
    if (judged.length === 0) return null;
    return judged.some(([name, { minimum = -Infinity, maximum = Infinity }]) => {
      const value = values[name] as number;
      // A value that is no number is within no limits.
      return !(value >= minimum && value <= maximum);
    });
  },
  labelsIn: () => [],
  places: () => [],
  mask: () => null,
  describe: ({ values }) =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
      .join(', '),
  golden,
  summaries,
  comparisons,
  checks: [collapse, agreement],
  breakdown,
  quality,
  distance,
};

/** Millimetres and inches are not comparable. */
function namesWithUnits({ values }: RegressionSpec): readonly string[] {
  return values.map(({ name, unit }) => (unit === '' ? name : `${name} [${unit}]`));
}
