import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { readConfig, startControlPlane } from '../../apps/control-plane/dist/index.js';

/** A whole control plane on embedded parts in this process, on data of its own that `stop` removes. */
export async function openPlane() {
  const folder = await mkdtemp(join(tmpdir(), 'hamon-bench-'));
  // The embedded PostgreSQL may run as another user, who has to walk through here.
  await chmod(folder, 0o755);
  const token = randomBytes(24).toString('base64url');
  const plane = await startControlPlane(
    readConfig({
      HAMON_DATA: join(folder, 'data'),
      HAMON_HTTP_PORT: '0',
      HAMON_MQTT_PORT: '0',
      HAMON_ADMIN_TOKEN: token,
      HAMON_LOG_LEVEL: 'error',
    }),
  ).catch(async (error) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    app: plane.app,
    url: plane.httpUrl,
    token,
    api: client(plane.httpUrl, token),
    database: plane.app.get(DataSource),
    stop: async () => {
      await plane.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** `api(method, path, body)`: bytes go as they are, everything else as JSON; throws where the answer is no success. */
export const client = (url, token) => async (method, path, body) => {
  const isBytes = body instanceof Uint8Array;
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }),
      ...(method === 'POST' && { 'idempotency-key': randomBytes(12).toString('hex') }),
    },
    body: isBytes ? body : body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text && JSON.parse(text);
};
