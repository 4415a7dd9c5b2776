/**
 * The items that no other item beats: none is at least as cheap in every respect and cheaper in one. In the order given;
 * of items with equal costs all stay.
 * @param costs of one item, each the less the better, always the same number of them; NaN counts as infinite
 */
export function paretoFront<Item>(
  items: readonly Item[],
  costs: (item: Item) => readonly number[],
): readonly Item[] {
  const all = items.map((item) => costs(item).map((cost) => (Number.isNaN(cost) ? Infinity : cost)));
  return items.filter((_, index) => !all.some((other) => dominates(other, all[index] ?? [])));
}

function dominates(one: readonly number[], other: readonly number[]): boolean {
  return (
    one.every((cost, i) => cost <= (other[i] as number)) && one.some((cost, i) => cost < (other[i] as number))
  );
}
