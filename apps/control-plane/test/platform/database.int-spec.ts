import { describe, expect, it } from '@jest/globals';
import { startTestControlPlane } from '../support/test-control-plane.js';

describe("the control plane's own database connections", () => {
  it('do not stay in a transaction that nobody goes on with', async () => {
    const plane = await startTestControlPlane();
    try {
      const [row] = await plane.database.query<{ idle_in_transaction_session_timeout: string }[]>(
        'SHOW idle_in_transaction_session_timeout',
      );
      expect(row?.idle_in_transaction_session_timeout).toBe('5min');
    } finally {
      await plane.discard();
    }
  });
});
