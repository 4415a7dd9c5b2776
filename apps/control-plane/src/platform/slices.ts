/** Rows that one turn of the event loop may take apart: some ten milliseconds of work, whatever the fleet's size. */
export const SLICE = 2_000;

/** The same items in slices, for statements whose rows would otherwise block everybody else while they are read. */
export function* slices<T>(items: readonly T[], size: number = SLICE): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
