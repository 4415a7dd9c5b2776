import type { ListQuery } from '@hamon/contracts';
import { z } from 'zod';

const RULE = 'must be the first 4 to 36 characters of an id';

/** How people shorten an id: its beginning, dashes included. */
export const IdPrefix = z
  .string()
  .toLowerCase()
  .refine((text) => text.length >= 4 && PATTERN.startsWith(text.replace(/[0-9a-f]/g, 'x')), RULE);

const PATTERN = 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx';

/** Filters a list to the ids that begin with it. */
export const IdQuery = z.object({ id: IdPrefix.optional() });
export type IdListQuery = ListQuery & z.infer<typeof IdQuery>;

/** First and last uuid with the prefix: a range that the primary key's index answers. The whole range without a prefix. */
export const uuidRange = (prefix = ''): readonly [from: string, to: string] => {
  const fill = (digit: string): string => prefix + PATTERN.slice(prefix.length).replaceAll('x', digit);
  return [fill('0'), fill('f')];
};
