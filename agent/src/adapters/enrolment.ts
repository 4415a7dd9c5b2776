import { mkdir } from 'node:fs/promises';
import { hardwareFacts } from '@hamon/inference';
import { generateSigningKey } from '@hamon/trust';
import { AgentError } from '../agent-error.js';
import { AGENT_VERSION } from '../agent-version.js';
import { askToEnrol, type BusyServer } from './ask-to-enrol.js';
import { readDeviceKey, readIdentity, writeDeviceKey, writeIdentity, type Identity } from './identity.js';
import { ServerClock } from './server-clock.js';
import type { StatePaths } from './state-paths.js';

export interface EnrolmentRequest {
  readonly serverUrl: string;
  readonly token: string;
  /** Wanted device id. */
  readonly name?: string;
  /** Ask the server again although this device is enrolled: it may have lost its key, its database or its address. */
  readonly renew?: boolean;
  /** Is told of each wait for a server that is busy. */
  readonly waiting?: (busy: BusyServer) => void;
}

/**
 * A device's first call. The key is made and kept before anything is sent, so that a lost answer is asked for again
 * under the same key. A device that is enrolled with this server already stays as it is, unless it is to
 * renew its enrolment: then it keeps its key and id, and pins what the server answers. A server that is busy is asked
 * again for some minutes.
 *
 * @throws AgentError `already-enrolled` (with another server), `enrolment-refused`, `server-busy`, `server-unreachable`
 */
export async function enrol(
  { serverUrl, token, name, renew = false, waiting }: EnrolmentRequest,
  paths: StatePaths,
): Promise<{ readonly identity: Identity; readonly how: 'new' | 'renewed' | 'known' }> {
  const known = await readIdentity(paths);
  if (known && !(renew && isNamed(known, name))) {
    if (!renew && sameServer(known.serverUrl, serverUrl) && isNamed(known, name)) {
      return { identity: known, how: 'known' };
    }
    throw new AgentError(
      'already-enrolled',
      `${paths.folder} belongs to device "${known.device}" of ${known.serverUrl}; use another state folder`,
    );
  }
  await mkdir(paths.folder, { recursive: true });
  const key = (await readDeviceKey(paths)) ?? (await generateSigningKey());
  await writeDeviceKey(paths, key);
  const clock = new ServerClock(serverUrl);
  await clock.measure();
  const device = known?.device ?? name;
  const facts = await hardwareFacts(AGENT_VERSION);
  const view = await askToEnrol({ serverUrl, token, key, device, facts, clock, waiting });
  const { schema: _schema, ...given } = view;
  const identity: Identity = {
    schema: 'hamon.identity/1',
    serverUrl,
    ...given,
    enrolledAt: clock.now().toISOString(),
  };
  await writeIdentity(paths, identity);
  return { identity, how: known ? 'renewed' : 'new' };
}

const isNamed = ({ device }: Identity, name: string | undefined): boolean =>
  name === undefined || name === device;

const sameServer = (a: string, b: string): boolean => new URL(a).origin === new URL(b).origin;
