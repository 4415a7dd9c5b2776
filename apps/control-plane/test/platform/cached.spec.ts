import { expect, test } from 'vitest';
import { cached } from '../../src/platform/metrics/cached.js';

test('figures are read once for all requests within fifteen seconds, and a failure is not kept', async () => {
  let now = 0;
  let reads = 0;
  let works = true;
  const figures = cached(
    () => (works ? Promise.resolve((reads += 1)) : Promise.reject(new Error('away'))),
    () => now,
  );
  expect(await Promise.all([figures(), figures()])).toEqual([1, 1]);
  now = 14_999;
  expect(await figures()).toBe(1);
  now = 15_000;
  expect(await figures()).toBe(2);
  works = false;
  now = 40_000;
  await expect(figures()).rejects.toThrow('away');
  works = true;
  expect(await figures()).toBe(3);
});
