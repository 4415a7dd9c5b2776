import { writeFileAtomically } from '@hamon/content';
import { DeviceId, FleetId, PublicJwk, Timestamp } from '@hamon/contracts';
import { SigningJwk } from '@hamon/trust';
import { z } from 'zod';
import { AgentError } from '../agent-error.js';
import { readFileIfThere } from './read-file-if-there.js';
import type { StatePaths } from './state-paths.js';

/** `hamon.identity/1`: what enrolment gave this device. */
export const Identity = z.strictObject({
  schema: z.literal('hamon.identity/1'),
  serverUrl: z.string(),
  fleet: FleetId,
  device: DeviceId,
  mqttUrl: z.string(),
  /** Pinned: manifests under any other key are refused. */
  manifestKey: PublicJwk,
  mqttPassword: z.string().optional(),
  enrolledAt: Timestamp,
});
export type Identity = z.infer<typeof Identity>;

export async function readIdentity(paths: StatePaths): Promise<Identity | undefined> {
  return readDocument(paths.identity, Identity);
}

export async function readDeviceKey(paths: StatePaths): Promise<SigningJwk | undefined> {
  return readDocument(paths.deviceKey, SigningJwk);
}

/** With an external broker it holds a password, and so is as secret as the key. */
export const writeIdentity = (paths: StatePaths, identity: Identity): Promise<void> =>
  writeFileAtomically(paths.identity, `${JSON.stringify(identity, null, 2)}\n`, 0o600);

export const writeDeviceKey = (paths: StatePaths, key: SigningJwk): Promise<void> =>
  writeFileAtomically(paths.deviceKey, `${JSON.stringify(key)}\n`, 0o600);

async function readDocument<T extends z.ZodType>(path: string, schema: T): Promise<z.infer<T> | undefined> {
  const text = await readFileIfThere(path);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AgentError('storage-error', `${path} is damaged`, { cause });
  }
}
