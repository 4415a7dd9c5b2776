import { UNKEPT_LABEL } from '@hamon/stats';

/** Labels that a summary or a comparison tells apart; those behind are taken together. */
const MOST_LABELS = 1000;

/** The names by place; labels behind the last one have the last place. */
export const keptLabels = (labels: readonly string[]): string[] =>
  labels.length <= MOST_LABELS ? [...labels] : [...labels.slice(0, MOST_LABELS), UNKEPT_LABEL];

/** Both lists' rows, those of one label added up, in the order of their first appearance; what is too much goes into one row. */
export function mergeByLabel<Row extends { readonly label: string }>(
  a: readonly Row[],
  b: readonly Row[],
  add: (one: Row, other: Row) => Row,
): Row[] {
  const rows = new Map<string, Row>();
  for (const row of [...a, ...b]) {
    const isKept = rows.has(row.label) || rows.size < MOST_LABELS;
    const label = isKept ? row.label : UNKEPT_LABEL;
    const known = rows.get(label);
    rows.set(label, known ? add(known, { ...row, label }) : { ...row, label });
  }
  return [...rows.values()];
}
