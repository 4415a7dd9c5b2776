import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import 'reflect-metadata';
import { readConfig } from '../../src/platform/config/read-config.js';
import { stopServerOf } from '../../src/platform/postgres/embedded-postgres.js';
import { startControlPlane } from '../../src/start-control-plane.js';
import { callJson } from './test-control-plane.js';

/** A control plane in this process on the embedded parts of a data folder. */
export interface EmbeddedPlane {
  addModel(name: string): Promise<number>;
  models(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function startEmbedded(
  dataDir: string,
  env: Record<string, string> = {},
): Promise<EmbeddedPlane> {
  const config = readConfig({
    HAMON_DATA: dataDir,
    HAMON_HTTP_PORT: '0',
    HAMON_MQTT_PORT: '0',
    HAMON_LOG_LEVEL: 'silent',
    ...env,
  });
  const plane = await startControlPlane(config);
  const token = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  const call = <T>(method: string, body?: unknown): Promise<{ status: number; body: T }> =>
    callJson<T>(`${plane.httpUrl}/v1/models`, method, body, { authorization: `Bearer ${token}` });
  return {
    addModel: async (name) => (await call('POST', { name, task: 'classification' })).status,
    models: async () => {
      const { body } = await call<{ items: { name: string }[] }>('GET');
      return body.items.map(({ name }) => name).sort();
    },
    stop: () => plane.stop(),
  };
}

/** Ends what a failed test left running on a data folder's own database. */
export const endDatabaseIn = (dataDir: string): Promise<void> =>
  stopServerOf(join(dataDir, 'postgres', 'data')).catch(() => undefined);
