import { expect, test } from 'vitest';
import { watchUse } from '../src/limits/watch-use.js';

test('a use of memory that cannot be looked at for a moment is looked at again, and found too large', async () => {
  const answers = [() => Promise.reject(new Error('EMFILE: too many open files')), () => Promise.resolve(7)];
  const look = (): Promise<number | undefined> => (answers.shift() ?? (() => Promise.resolve(12)))();
  const used = await new Promise<number>((over) => watchUse(look, 10, over, 1));
  expect(used).toBe(12);
});
