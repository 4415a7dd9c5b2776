/** A range of values with round marks. */
export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

const STEPS = [1, 2, 2.5, 5, 10];

/** A range a little wider than the values, with about `marks` round ticks inside. */
export function axisOver(values: readonly number[], marks: number, leastSpan: number): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = Math.max(high - low, leastSpan);
  const middle = (low + high) / 2;
  const [min, max] = [middle - span * 0.58, middle + span * 0.58];
  const rough = (max - min) / marks;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((factor) => factor * magnitude >= rough) ?? 10) * magnitude;
  const ticks: number[] = [];
  for (let index = Math.ceil(min / step); index * step <= max; index += 1)
    ticks.push(Number((index * step).toPrecision(12)));
  return { min, max, ticks };
}

/** Where a value lies on an axis, in [0, 1]. */
export const shareOn = ({ min, max }: Axis, value: number): number => (value - min) / (max - min);
