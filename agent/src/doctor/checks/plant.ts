import type { Check } from '../check.js';
import { fail, ok, skip, type Finding } from '../finding.js';
import { placeOfUrl } from '../place-of-url.js';
import { placedRows, type PlacedRow } from '../placed-rows.js';
import { placeText, reach, type Place } from '../reach.js';

/** The plant's machines that triggers come from and answers go to. */
export const plant: Check = {
  name: 'plant',
  run: async ({ config }, signal) => {
    const places = plantPlaces(placedRows(config));
    if (places.length === 0) return skip('neither trigger nor sink needs another machine');
    return Promise.all(
      places.map(async ({ about, place }): Promise<Finding> => {
        const reached = await reach(place, signal);
        return 'why' in reached
          ? fail(reached.why, reached.command, about)
          : ok(`${placeText(place)} can be reached`, about);
      }),
    );
  },
};

interface Named {
  readonly about: string;
  readonly place: Place;
}

/** Each place once, under the first stream that needs it. A certificate of the plant's own authority is no fault here. */
export function plantPlaces(rows: readonly PlacedRow[]): readonly Named[] {
  const places = new Map<string, Named>();
  for (const { about, row } of rows) {
    const place = placeOf(row);
    if (place && !places.has(placeText(place))) places.set(placeText(place), { about, place });
  }
  return [...places.values()];
}

function placeOf(row: PlacedRow['row']): Place | undefined {
  if ('broker' in row)
    return { ...placeOfUrl(row.broker.url), ...(row.broker.ca !== undefined && { tls: false }) };
  if (row.kind === 'webhook') return placeOfUrl(row.url);
  return row.kind === 'modbus' ? { host: row.host, port: row.port, tls: false } : undefined;
}
