/** Two at a time, results in order: int8 forms run in processes of their own, and small machines have two cores. */
export async function inPairs<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += 2) {
    const pair = items.slice(at, at + 2).map((item, offset) => work(item, at + offset));
    // Both end before the first fault is told, so that no child is left behind.
    for (const settled of await Promise.allSettled(pair)) {
      if (settled.status === 'rejected') throw settled.reason;
      results.push(settled.value);
    }
  }
  return results;
}
