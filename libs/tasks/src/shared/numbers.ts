import { total } from '@hamon/contracts';

/** `0.0213` → `2.1 %` */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Element by element. */
export const addAll = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((value, i) => value + (b[i] ?? 0));

export const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : total(values) / values.length;

/** Name by name. */
export function addUp<Names extends string>(
  a: Readonly<Record<Names, number>>,
  b: Readonly<Record<Names, number>>,
): Record<Names, number> {
  const sums: Record<Names, number> = { ...a };
  for (const name of Object.keys(b) as Names[]) sums[name] += b[name];
  return sums;
}
