import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { callJson, type Answer, type TestPlace } from './test-control-plane.js';

const MAIN = join(import.meta.dirname, '../../dist/main.js');
const TOKEN = 'control-plane-process-test-token-0123456789';

/** The built control plane as a process of its own. */
export class ControlPlaneProcess {
  readonly token = TOKEN;

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly mqttUrl: string,
  ) {}

  static async start(place: TestPlace, env: Record<string, string> = {}): Promise<ControlPlaneProcess> {
    const child = spawn(process.execPath, [MAIN], {
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'],
        HAMON_DATA: place.dataDir,
        HAMON_HTTP_PORT: '0',
        HAMON_MQTT_PORT: '0',
        HAMON_ADMIN_TOKEN: TOKEN,
        DATABASE_URL: place.databaseUrl,
        ...env,
      },
    });
    const { httpUrl, mqttUrl } = await eventually('the control plane to be ready', async () => {
      if (child.exitCode !== null) throw new Error(`the control plane ended with ${child.exitCode}`);
      const text = await readFile(join(place.dataDir, 'server.json'), 'utf8').catch(() => '');
      const told =
        text === '' ? undefined : (JSON.parse(text) as { pid: number; httpUrl: string; mqttUrl: string });
      return told?.pid === child.pid && told;
    });
    return new ControlPlaneProcess(child, httpUrl, mqttUrl);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    return callJson(this.url + path, method, body, { authorization: `Bearer ${TOKEN}`, ...headers });
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const over = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await over;
  }
}
