/**
 * Takes rows a batch at a time, until a batch is not full or there is no more time.
 *
 * @param take answers how many rows it took
 */
export async function inBatches(
  size: number,
  signal: AbortSignal | undefined,
  take: () => Promise<number>,
): Promise<void> {
  for (let taken = size; taken === size && !signal?.aborted;) taken = await take();
}
