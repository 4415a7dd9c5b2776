/** As many as a bundle may name. */
const MOST_VALUES = 64;

/** Both lists' rows, those of one name merged, in the order of their first appearance; what is too much is left out. */
export function mergeByName<Row extends { readonly name: string }>(
  a: readonly Row[],
  b: readonly Row[],
  merge: (one: Row, other: Row) => Row,
): Row[] {
  const rows = new Map<string, Row>();
  for (const row of [...a, ...b]) {
    const known = rows.get(row.name);
    if (known || rows.size < MOST_VALUES) rows.set(row.name, known ? merge(known, row) : row);
  }
  return [...rows.values()];
}
