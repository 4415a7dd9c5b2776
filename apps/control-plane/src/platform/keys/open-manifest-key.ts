import type { Config } from '../config/config.js';
import { ManifestKey, type WithoutKey } from './manifest-key.js';

/**
 * The key that the settings name, or the one kept in HAMON_DATA.
 *
 * @param enrolledDevices says whether a missing one may be new
 */
export function openManifestKey(
  { dataDir, manifestKeyFile, newManifestKey: mayBeNew }: Config,
  enrolledDevices: WithoutKey['enrolledDevices'],
): Promise<ManifestKey> {
  return manifestKeyFile === undefined
    ? ManifestKey.keptIn(dataDir, { enrolledDevices, mayBeNew })
    : ManifestKey.read(manifestKeyFile);
}
