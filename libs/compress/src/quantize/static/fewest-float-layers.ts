/** Re-quantizing is tried for this many layers at most; each try costs a run over all held-out samples. */
const MAX_RETURNS = 8;

/**
 * The fewest layers that must stay float, most sensitive first: the number by bisection (more float layers hold the floor
 * as well), then one by one back to integers where the floor holds without.
 * @param ordered most sensitive first
 * @param holds whether the floor holds with these layers in float; with all of them it is taken for granted
 */
export async function fewestFloatLayers<Layer>(
  ordered: readonly Layer[],
  holds: (floatLayers: readonly Layer[]) => Promise<boolean>,
): Promise<readonly Layer[]> {
  let [least, most] = [0, ordered.length];
  while (least < most) {
    const middle = Math.floor((least + most) / 2);
    if (await holds(ordered.slice(0, middle))) most = middle;
    else least = middle + 1;
  }
  let kept = ordered.slice(0, most);
  // The least sensitive of them first; the last one is needed, or the bisection would have stopped before it.
  for (const layer of kept.slice(0, -1).reverse().slice(0, MAX_RETURNS)) {
    const without = kept.filter((one) => one !== layer);
    if (await holds(without)) kept = without;
  }
  return kept;
}
