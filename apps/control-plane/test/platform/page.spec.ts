import { describe, expect, test } from 'vitest';
import { PageQuery } from '@hamon/contracts';
import fc from 'fast-check';
import { ControlPlaneError } from '../../src/platform/errors.js';
import { decodeCursor, encodeCursor, toPage } from '../../src/platform/http/page.js';

describe('pages', () => {
  test('following them shows every row once, in order, and ends', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ maxLength: 20 })),
        fc.integer({ min: 1, max: 9 }),
        (names, limit) => {
          const sorted = [...names].sort();
          const seen: string[] = [];
          let after: string | undefined;
          do {
            const query = PageQuery.parse({ limit, after });
            const [last] = decodeCursor(query, ['text']) ?? [];
            const rows = sorted.filter((name) => last === undefined || name > last).slice(0, limit + 1);
            const page = toPage(
              rows,
              limit,
              (name) => [name],
              (name) => name,
            );
            seen.push(...page.items);
            after = page.next ?? undefined;
          } while (after !== undefined);
          expect(seen).toEqual(sorted);
        },
      ),
    );
  });

  test.each([
    ['no JSON', Buffer.from('x').toString('base64url')],
    ['another number of parts', encodeCursor(['2026-01-01T00:00:00.000Z'])],
    ['parts of another kind', encodeCursor(['yesterday', '00000000-0000-4000-8000-000000000000'])],
    ['numbers', Buffer.from('[1,2]').toString('base64url')],
    ['an object', Buffer.from('{}').toString('base64url')],
  ])('a cursor of %s is refused by name', (_, after) => {
    const decode = (): unknown => decodeCursor(PageQuery.parse({ after }), ['timestamp', 'uuid']);
    expect(decode).toThrow(ControlPlaneError);
    expect(decode).toThrow(/after: must be the "next" of an earlier page/);
  });
});
