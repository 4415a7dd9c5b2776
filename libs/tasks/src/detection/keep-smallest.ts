/**
 * Moves the `most` smallest of the first `count` values to the front, in no order (Hoare's selection), and says how many
 * there are: sorting only these is much less work than sorting all.
 */
export function keepSmallest(values: Float64Array, count: number, most: number): number {
  if (count <= most) return count;
  let [from, to] = [0, count - 1];
  while (from < to) {
    const pivot = middle(values[from] as number, values[(from + to) >>> 1] as number, values[to] as number);
    let [i, j] = [from, to];
    while (i <= j) {
      while ((values[i] as number) < pivot) i += 1;
      while ((values[j] as number) > pivot) j -= 1;
      if (i > j) break;
      const swapped = values[i] as number;
      values[i] = values[j] as number;
      values[j] = swapped;
      i += 1;
      j -= 1;
    }
    // Up to `j` all are at most the pivot, from `i` on at least; what lies between is the pivot itself.
    if (most - 1 <= j) to = j;
    else if (most - 1 >= i) from = i;
    else break;
  }
  return most;
}

const middle = (a: number, b: number, c: number): number =>
  Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
