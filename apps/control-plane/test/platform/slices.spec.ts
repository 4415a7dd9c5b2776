import { expect, test } from 'vitest';
import fc from 'fast-check';
import { slices } from '../../src/platform/slices.js';

test('slices hold every item once, in order, and no slice is larger than asked for', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 10 }), (items, size) => {
      const cut = [...slices(items, size)];
      expect(cut.flat()).toEqual(items);
      for (const slice of cut) expect(slice.length).toBeLessThanOrEqual(size);
    }),
  );
});
