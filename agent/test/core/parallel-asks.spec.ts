import { describe, expect, it } from 'vitest';
import { FIRST_PARALLEL, parallelAfter } from '../../src/core/parallel-asks.js';

/** Where each of those asked for at once waits for the others on the same link. */
const settled = (msPerChunk: number): number => {
  let parallel = FIRST_PARALLEL;
  for (let i = 0; i < 50; i += 1) parallel = parallelAfter(parallel, parallel * msPerChunk, 10);
  return parallel;
};

describe('chunks asked for at once', () => {
  it.each([
    [5, 10],
    [400, 5],
    [1000, 2],
    [15_000, 1],
  ])('where one takes %d ms are %d', (msPerChunk, expected) => {
    expect(settled(msPerChunk)).toBe(expected);
  });
});
