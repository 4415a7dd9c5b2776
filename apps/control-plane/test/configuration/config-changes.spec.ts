import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changesBetween } from '../../src/configuration/config-changes.js';

const stream = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  model: fc.constantFrom('m', 'n'),
  framesPerSecond: fc.integer({ min: 1, max: 3 }),
});
const config = fc.record(
  {
    streams: fc.uniqueArray(stream, { selector: ({ name }) => name, maxLength: 3 }),
    limits: fc.record({ outboxMb: fc.integer({ min: 1, max: 3 }) }),
    logLevel: fc.constantFrom('info', 'debug'),
  },
  { requiredKeys: [] },
);
const byName = (value: object): object => {
  const { streams, ...rest } = value as { streams?: { name: string }[] };
  return streams ? { ...rest, streams: Object.fromEntries(streams.map((row) => [row.name, row])) } : rest;
};

test('nothing is said exactly where nothing changes; the places of streams are no change', () => {
  fc.assert(
    fc.property(config, config, (before, after) => {
      const changes = changesBetween(before, after);
      const isSame = JSON.stringify(sorted(byName(before))) === JSON.stringify(sorted(byName(after)));
      expect(changes.length === 0).toBe(isSame);
      expect(new Set(changes.map(({ field }) => field)).size).toBe(changes.length);
    }),
  );
});

test('before and after change places when the direction does', () => {
  fc.assert(
    fc.property(config, config, (before, after) => {
      const back = changesBetween(after, before).map(({ field, before: b, after: a }) => ({
        ...{ field, before: a, after: b },
      }));
      expect(changesBetween(before, after)).toEqual(back);
    }),
  );
});

test('no streams at all are not the same as streams that are left to the device', () => {
  expect(changesBetween({}, { streams: [] })).toEqual([{ field: 'streams', before: null, after: {} }]);
});

test('a configuration that is taken back gives up all that it set', () => {
  expect(changesBetween({ logLevel: 'debug' }, null)).toEqual([
    { field: 'logLevel', before: 'debug', after: null },
  ]);
});

const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => a.localeCompare(b))
          .map(([key, member]) => [key, sorted(member)]),
      )
    : value;
