import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type pg from 'pg';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

describe("the control plane's own database connections", () => {
  let plane: TestControlPlane;
  beforeAll(async () => {
    plane = await startTestControlPlane();
  });
  afterAll(() => plane.discard());

  it('do not stay in an abandoned transaction', async () => {
    const [row] = await plane.database.query<{ idle_in_transaction_session_timeout: string }[]>(
      'SHOW idle_in_transaction_session_timeout',
    );
    expect(row?.idle_in_transaction_session_timeout).toBe('5min');
  });

  it('may be cut just when they leave the pool', async () => {
    const { master: pool } = plane.database.driver as unknown as { readonly master: pg.Pool };
    // As a query runner gets it, before it attaches its listener.
    const client = await pool.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const cut = new Promise<void>((resolve) => void client.once('end', resolve));
    await plane.database.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await cut;
    client.release(true);
    expect(await plane.database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
