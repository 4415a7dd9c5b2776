import type { Page, PageQuery } from '@hamon/contracts';
import { z } from 'zod';
import { ControlPlaneError } from '../errors.js';

/** Where a page ended, as the caller carries it: the sort key of the last item, opaque to it. */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

const Key = z.array(z.string().max(200)).max(4);

/** The sort key behind a cursor; undefined for a first page. */
export function decodeCursor(query: PageQuery, length: number): string[] | undefined {
  if (query.after === undefined) return undefined;
  try {
    const key = Key.length(length).parse(JSON.parse(Buffer.from(query.after, 'base64url').toString('utf8')));
    return key;
  } catch (cause) {
    const errors = [{ field: 'after', rule: 'must be the "next" of an earlier page of this list' }];
    throw new ControlPlaneError(
      'invalid-request',
      'after: must be the "next" of an earlier page of this list',
      {
        errors,
        cause,
      },
    );
  }
}

/** From up to `limit + 1` rows, which tells whether there is more. */
export function toPage<R, T>(
  rows: readonly R[],
  limit: number,
  keyOf: (row: R) => readonly string[],
  view: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(view), next: rows.length > limit && last ? encodeCursor(keyOf(last)) : null };
}
