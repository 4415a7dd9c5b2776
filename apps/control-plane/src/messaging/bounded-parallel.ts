/**
 * Runs a task for each item, at most `limit` at a time. After a failure no further one begins; the first failure is
 * thrown once the running ones are over.
 */
export async function boundedParallel<T>(
  items: readonly T[],
  limit: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  let at = 0;
  const lane = async (): Promise<void> => {
    while (at < items.length && failures.length === 0) {
      try {
        await task(items[at++] as T);
      } catch (cause) {
        failures.push(cause);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  if (failures.length > 0) throw failures[0];
}
