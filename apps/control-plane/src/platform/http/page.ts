import type { Page, PageQuery } from '@hamon/contracts';
import { z } from 'zod';
import { ControlPlaneError } from '../errors.js';

/** What the parts of a sort key may be: a cursor comes from outside and is used in a comparison. */
const PARTS = {
  // U+0000 is no text for PostgreSQL.
  text: z
    .string()
    .max(200)
    .regex(/^[^\0]*$/),
  timestamp: z.iso.datetime(),
  uuid: z.uuid(),
  integer: z.string().regex(/^\d{1,18}$/),
};

export type KeyPart = keyof typeof PARTS;

/** Where a page ended, as the caller gets it: the sort key of the last item, opaque to the caller. */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The sort key behind a cursor; undefined for a first page. */
export function decodeCursor(
  { after }: Pick<PageQuery, 'after'>,
  parts: readonly KeyPart[],
): string[] | undefined {
  if (after === undefined) return undefined;
  try {
    const key: unknown = JSON.parse(Buffer.from(after, 'base64url').toString('utf8'));
    const strings = z.array(z.string()).length(parts.length).parse(key);
    return strings.map((text, i) => PARTS[parts[i] ?? 'text'].parse(text));
  } catch (cause) {
    const rule = 'must be the "next" of an earlier page of this list';
    const errors = [{ field: 'after', rule }];
    throw new ControlPlaneError('invalid-request', `after: ${rule}`, { errors, cause });
  }
}

/** From up to `limit + 1` rows: the extra row tells whether there are more. */
export function toPage<R, T>(
  rows: readonly R[],
  limit: number,
  keyOf: (row: R) => readonly string[],
  view: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(view),
    next: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null,
  };
}
