import { mkdir } from 'node:fs/promises';
import { generateSigningKey, type SigningJwk } from '@hamon/trust';
import type { DeviceFacts } from '@hamon/contracts';
import {
  AgentError,
  askToEnrol,
  readDeviceKey,
  readIdentity,
  refuseUnencrypted,
  StatePaths,
  writeDeviceKey,
  writeIdentity,
  type Identity,
  type ServerClock,
} from '@hamon/agent/protocol';

export interface Enrolling {
  readonly serverUrl: string;
  /** Of enrolment; not needed for devices that are enrolled. */
  readonly token: string | undefined;
  readonly insecure: boolean;
  readonly clock: ServerClock;
  readonly signal: AbortSignal;
}

export interface OpenedDevice {
  readonly identity: Identity;
  readonly key: SigningJwk;
  readonly statePath: string;
}

/** What simulated devices say of their hardware. */
export const SIMULATED_FACTS: DeviceFacts = {
  arch: 'arm64',
  platform: 'linux',
  cores: 4,
  memoryMb: 4096,
  node: process.versions.node,
  onnxruntime: '1.30.0',
  accelerators: ['asimddp'],
  agent: 'fleet-sim 0.1.0',
};

/**
 * The device of a state folder, with a key of its own; enrolled now where it is not yet.
 * @throws AgentError `already-enrolled` with another server, `not-enrolled` without a token, and as {@link askToEnrol}
 */
export async function openDevice(
  name: string,
  folder: string,
  { serverUrl, token, insecure, clock, signal }: Enrolling,
): Promise<OpenedDevice> {
  const paths = new StatePaths(folder);
  const key = (await readDeviceKey(paths)) ?? (await makeKey(paths));
  const known = await readIdentity(paths);
  const identity = known ?? (await enrolNow());
  if (new URL(identity.serverUrl).origin !== new URL(serverUrl).origin) {
    throw new AgentError(
      'already-enrolled',
      `${folder} belongs to device "${identity.device}" of ${identity.serverUrl}; use another --state`,
    );
  }
  if (!insecure) refuseUnencrypted([identity.mqttUrl], 'accept that with --insecure');
  return { identity, key, statePath: paths.in('state.json') };

  async function enrolNow(): Promise<Identity> {
    if (token === undefined) {
      throw new AgentError('not-enrolled', `${name} is not enrolled yet: give an enrolment token by --token`);
    }
    const call = { serverUrl, token, key, device: name, facts: SIMULATED_FACTS, clock, signal };
    const { schema: _schema, ...given } = await askToEnrol(call);
    const enrolledAt = clock.now().toISOString();
    const made: Identity = { schema: 'hamon.identity/1', serverUrl, ...given, enrolledAt };
    await writeIdentity(paths, made);
    return made;
  }
}

/** Kept before anything is sent, as a device does: a lost answer is asked for again under the same key. */
async function makeKey(paths: StatePaths): Promise<SigningJwk> {
  await mkdir(paths.folder, { recursive: true });
  const key = await generateSigningKey();
  await writeDeviceKey(paths, key);
  return key;
}
