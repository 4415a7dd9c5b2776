import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { parseDurationSeconds, parseStages, resolveStages } from '../src/index.js';

const resolve = (text: string, total: number) => {
  const parsed = parseStages(text);
  return parsed.ok ? resolveStages(parsed.value, total) : parsed;
};

describe('stages', () => {
  const table: readonly (readonly [string, number, readonly number[]])[] = [
    ['1,50%,100%', 6, [1, 3, 6]],
    ['1,10%,50%,100%', 6, [1, 3, 6]],
    ['1,10%,50%,100%', 200, [1, 20, 100, 200]],
    ['10%', 30, [3]],
    ['100%', 1, [1]],
    ['1,50%,100%', 1, [1]],
    ['5,100%', 3, [3]],
    ['0.5%,100%', 1000, [5, 1000]],
  ];
  test.each(table)('%s of %i devices → %j', (text, total, expected) => {
    expect(resolve(text, total)).toEqual({ ok: true, value: expected });
  });

  test.each(['', '0', '-1', '101%', '0%', '1.5', '1,,2', 'half', '1e3', '100%,1'])(
    '"%s" is refused',
    (text) => {
      expect(resolve(text, 10).ok).toBe(false);
    },
  );

  test('grow strictly, never beyond the cohort, and percentages round up', () => {
    const percent = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(
        fc.array(percent, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 20_000 }),
        (list, total) => {
          const sorted = [...list].sort((a, b) => a - b);
          const counts = resolve(sorted.map((p) => `${p}%`).join(','), total);
          if (!counts.ok) throw new Error(counts.error);
          counts.value.forEach((n, i) => expect(n).toBeGreaterThan(counts.value[i - 1] ?? 0));
          const last = sorted.at(-1) ?? 0;
          expect(counts.value.at(-1)).toBe(Math.ceil((last * total) / 100));
        },
      ),
    );
  });
});

test.each([
  ['90s', 90],
  ['10m', 600],
  ['2h', 7200],
  ['7d', 604_800],
])('%s is %i seconds', (text, seconds) => expect(parseDurationSeconds(text)).toBe(seconds));

test.each(['', '10', 'm', '-1m', '1.5h', '10 m', '1w', '99999999999s'])('"%s" is no duration', (text) =>
  expect(parseDurationSeconds(text)).toBeUndefined(),
);
