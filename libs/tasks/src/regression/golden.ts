import type { RegressionSpec } from '@hamon/contracts';
import type { Golden } from '../task.js';

/** Of what lies between a value's limits; without both, of the value itself. */
const TOLERANCE = { original: 0.005, other: 0.02 };

export const golden: Golden<'regression'> = {
  broken: ({ values }, { values: expected, tolerance }, { values: known }) => {
    for (const { name, unit } of known) {
      const [actual, wanted] = [values[name] ?? NaN, expected[name] ?? NaN];
      const allowed = typeof tolerance === 'number' ? tolerance : (tolerance[name] ?? NaN);
      if (!(Math.abs(actual - wanted) <= allowed)) {
        const units = unit === '' ? '' : ` ${unit}`;
        return `"${name}" is ${short(actual)}, expected ${short(wanted)} ± ${short(allowed)}${units}`;
      }
    }
    return undefined;
  },
  expectationOf: ({ values }, spec, variant) => {
    const tolerances = spec.values.map((value): [string, number] => [
      value.name,
      toleranceOf(value, values[value.name] ?? 0, TOLERANCE[variant]),
    ]);
    const [only] = tolerances;
    return {
      values: Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, Number(value.toPrecision(8))]),
      ),
      // Each value has a unit of its own.
      tolerance: only && tolerances.length === 1 ? only[1] : Object.fromEntries(tolerances),
    };
  },
  // A number looks like any other; limits are the user's to state, and values beyond them are counted.
  implausible: () => undefined,
};

function toleranceOf(
  { minimum, maximum, scale }: RegressionSpec['values'][number],
  value: number,
  share: number,
): number {
  const range = minimum === undefined || maximum === undefined ? Math.abs(value) : maximum - minimum;
  // A value about 0 without limits: the output's own unit.
  return Number(Math.min(1e12, Math.max(range, Math.abs(scale)) * share).toPrecision(3)) || Number.MIN_VALUE;
}

const short = (value: number): string => `${Number(value.toPrecision(6))}`;
