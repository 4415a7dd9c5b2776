import pg from 'pg';

/** Devices of all fleets that have pinned a key and may come back; asked before the application exists. */
export async function countEnrolled(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'hamon' });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM devices WHERE retired_at IS NULL',
    );
    return rows[0]?.count ?? 0;
  } finally {
    await client.end();
  }
}
