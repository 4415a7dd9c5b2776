import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ManagedProcess } from './managed-process.js';
import { CONTROL_PLANE } from './root.js';
import { readJsonIfThere, waitFor } from './wait.js';

const START_TIMEOUT_MS = 90_000;

/** A control plane in a process of its own, on embedded parts and free ports. */
export interface Platform {
  readonly process: ManagedProcess;
  readonly httpUrl: string;
  readonly mqttUrl: string;
  readonly adminToken: string;
}

/** Starts the control plane on `dataDir` and waits until it answers. */
export async function startPlatform(
  dataDir: string,
  onUnexpectedExit: (message: string) => void,
  signal: AbortSignal,
): Promise<Platform> {
  const controlPlane = new ManagedProcess(
    'the control plane',
    CONTROL_PLANE,
    [],
    join(dataDir, 'control-plane.log'),
    {
      HAMON_DATA: join(dataDir, 'control-plane'),
      HAMON_HTTP_PORT: '0',
      HAMON_MQTT_PORT: '0',
      // Another server that happens to be configured here is none of the demo's business.
      DATABASE_URL: undefined,
      MQTT_URL: undefined,
    },
    onUnexpectedExit,
  );
  const server = await waitFor(
    'the start of the control plane',
    async () => readJsonIfThere(join(dataDir, 'control-plane/server.json')),
    { timeoutMs: START_TIMEOUT_MS, signal },
  );
  const adminToken = (await readFile(join(dataDir, 'control-plane/admin-token'), 'utf8')).trim();
  return {
    process: controlPlane,
    httpUrl: String(server['httpUrl']),
    mqttUrl: String(server['mqttUrl']),
    adminToken,
  };
}
