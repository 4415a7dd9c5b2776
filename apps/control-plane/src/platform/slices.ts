/** Rows that one turn of the event loop may parse: some ten milliseconds of work, whatever the fleet's size. */
export const SLICE = 2_000;

/** The same items in slices, for statements whose rows would otherwise block the event loop while they are read. */
export function* slices<T>(items: readonly T[], size: number = SLICE): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
