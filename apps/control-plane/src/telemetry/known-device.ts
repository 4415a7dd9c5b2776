import type { DataSource } from 'typeorm';
import { ControlPlaneError } from '../platform/errors.js';

/**
 * What a device told is its fleet's to read, of a retired one too.
 *
 * @throws ControlPlaneError `device-not-found`
 */
export async function requireKnownDevice(database: DataSource, fleet: string, device: string): Promise<void> {
  const sql = `SELECT 1 FROM devices WHERE id = $1 AND fleet = $2`;
  const [known] = await database.query<unknown[]>(sql, [device, fleet]);
  if (known === undefined) throw new ControlPlaneError('device-not-found', `There is no device "${device}".`);
}
