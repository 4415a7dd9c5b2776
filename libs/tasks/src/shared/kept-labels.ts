import { UNKEPT_LABEL } from '@hamon/stats';

/** Labels that one window's summary and comparison tell apart, and bytes of them: both have to fit into its message. */
const MOST_WINDOW_LABELS = 250;
const MOST_WINDOW_BYTES = 16 * 1024;
/** As many as are kept of many windows together. */
const MOST_LABELS = 1000;

/** The names by place; labels behind the last one have the last place, and are taken together. */
export function keptLabels(labels: readonly string[]): string[] {
  let bytes = 0;
  const tooMany = labels.findIndex((label, i) => {
    bytes += new TextEncoder().encode(JSON.stringify(label)).byteLength;
    return i >= MOST_WINDOW_LABELS || bytes > MOST_WINDOW_BYTES;
  });
  return tooMany < 0 ? [...labels] : [...labels.slice(0, tooMany), UNKEPT_LABEL];
}

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
