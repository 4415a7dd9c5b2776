import { join } from 'node:path';
import { DeviceConfig } from '@hamon/contracts';
import { readDeviceKey, readIdentity } from '../adapters/identity.js';
import { readFileIfThere } from '../adapters/read-file-if-there.js';
import { runningStatus, statusAt } from '../adapters/running-status.js';
import { StatePaths } from '../adapters/state-paths.js';
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
  const { host, port } = known.http;
  return {
    ...{ paths, configFile, service },
    config: known,
    configFault: config.fault,
    identity: identity.value,
    key: key.value,
    identityFault: identity.fault ?? key.fault,
    status: paths ? await runningStatus(paths) : await statusAt(`http://${host}:${port}`),
  };
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
