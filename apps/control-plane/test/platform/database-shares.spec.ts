import { expect, test } from 'vitest';
import fc from 'fast-check';
import { databaseShares } from '../../src/platform/database-shares.js';

test('devices that come in waves leave two fifths of the connections to everybody else', () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 500 }), (connections) => {
      const shares = Object.values(databaseShares(connections));
      expect(Math.min(...shares)).toBeGreaterThan(0);
      expect(shares.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(connections * 0.6);
    }),
  );
});
