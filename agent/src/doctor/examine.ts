import { join } from 'node:path';
import { DeviceConfig, type SecretRef } from '@hamon/contracts';
import { readDeviceKey, readIdentity } from '../adapters/identity.js';
import { readFileIfThere } from '../adapters/read-file-if-there.js';
import { runningStatus, statusAt } from '../adapters/running-status.js';
import { Secrets } from '../adapters/secrets.js';
import { StatePaths } from '../adapters/state-paths.js';
import type { AgentStatus } from '../agent-status.js';
import { readConfig } from '../config.js';
import { UNIT_FOLDER, UNIT_NAME } from '../service/install-plan.js';
import { readUnit } from '../service/read-unit.js';
import type { Patient } from './check.js';

export interface Named {
  readonly state?: string | undefined;
  readonly config?: string | undefined;
}

/** What the checks look at: what was named, or else what the installed service has. */
export async function examine(named: Named): Promise<Patient> {
  const unit = await readFileIfThere(join(UNIT_FOLDER, UNIT_NAME)).catch(() => undefined);
  const service = unit === undefined ? undefined : readUnit(unit);
  const state = named.state ?? service?.state;
  const configFile = named.config ?? (state === service?.state ? service?.config : undefined);
  const paths = state === undefined ? undefined : new StatePaths(state);
  const config = await orFault(() => readConfig(configFile));
  const identity = await orFault(async () => paths && readIdentity(paths));
  const key = await orFault(async () => paths && readDeviceKey(paths));
  const known = config.value ?? DeviceConfig.parse({});
  const patient = {
    ...{ paths, configFile, service },
    config: known,
    configFault: config.fault,
    identity: identity.value,
    key: key.value,
    identityFault: identity.fault ?? key.fault,
  };
  return { ...patient, status: await statusOf(patient) };
}

/** By the address that it left in its state folder, or else, where this account may not read that, by the configured one. */
async function statusOf({
  paths,
  config: { http },
  identity,
  identityFault,
  service,
}: Omit<Patient, 'status'>): Promise<AgentStatus | undefined> {
  const token = await tokenOf(http.token, paths, service);
  const told = paths && (await runningStatus(paths, token));
  if (told || (paths && !identity && identityFault === undefined)) return told;
  const { host, port } = http;
  const found = await statusAt(`http://${host.includes(':') ? `[${host}]` : host}:${port}`, token);
  // Another device's agent may run here too.
  return identity && found?.device !== identity.device ? undefined : found;
}

async function tokenOf(
  token: SecretRef | undefined,
  paths: StatePaths | undefined,
  service: Patient['service'],
): Promise<string | undefined> {
  if (!token || !paths) return undefined;
  const { value } = await orFault(() => new Secrets(paths.folder).resolve(token));
  if (value !== undefined) return value;
  const file = service?.credentials.find(({ name }) => name === token.secret)?.file;
  const handed = file === undefined ? undefined : await orFault(() => readFileIfThere(file));
  return handed?.value?.trim();
}

async function orFault<T>(
  read: () => Promise<T>,
): Promise<{ value: T | undefined; fault: string | undefined }> {
  try {
    return { value: await read(), fault: undefined };
  } catch (cause) {
    return { value: undefined, fault: (cause as Error).message };
  }
}
