import pg from 'pg';
import type { Config } from '../platform/config/config.js';
import { ManifestKey } from './manifest-key.js';

/** The key that the settings name, or the one kept in HAMON_DATA; the database says whether a missing one may be new. */
export function openManifestKey(config: Config, databaseUrl: string): Promise<ManifestKey> {
  const { dataDir, manifestKeyFile, newManifestKey } = config;
  if (manifestKeyFile !== undefined) return ManifestKey.read(manifestKeyFile);
  return ManifestKey.keptIn(dataDir, {
    enrolledDevices: () => countEnrolled(databaseUrl),
    mayBeNew: newManifestKey,
  });
}

/** Devices of all fleets that have pinned a key and may come back. */
async function countEnrolled(databaseUrl: string): Promise<number> {
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
