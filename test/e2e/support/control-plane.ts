import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Api } from './api.js';
import { endDatabase } from './processes.js';
import { Program } from './program.js';
import { ROOT } from './root.js';
import { until } from './until.js';

const MAIN = join(ROOT, 'apps/control-plane/dist/main.js');

interface ServerDocument {
  readonly pid: number;
  readonly httpUrl: string;
  readonly mqttUrl: string;
}

/** The control plane as an operator starts it, on a data folder that outlives its process. */
export class ControlPlane {
  readonly program = new Program('the control plane', process.execPath);
  private server: ServerDocument | undefined;
  private openApi: Api | undefined;

  constructor(
    readonly dataDir: string,
    /** Further settings, from the next start on. */
    readonly env: Record<string, string> = {},
  ) {}

  get api(): Api {
    if (!this.openApi) throw new Error('the control plane has not been started');
    return this.openApi;
  }

  get httpUrl(): string {
    return this.server?.httpUrl ?? '';
  }

  get mqttUrl(): string {
    return this.server?.mqttUrl ?? '';
  }

  /** Free ports at first; the same ones again later, because devices know them. */
  async start(): Promise<void> {
    const ports = this.server
      ? { HAMON_HTTP_PORT: new URL(this.httpUrl).port, HAMON_MQTT_PORT: new URL(this.mqttUrl).port }
      : { HAMON_HTTP_PORT: '0', HAMON_MQTT_PORT: '0' };
    this.program.start([MAIN], { HAMON_DATA: this.dataDir, ...ports, ...this.env });
    this.server = await until('the control plane is ready', () => this.ready(), {
      timeoutMs: 240_000,
      context: () => this.program.tail(),
    });
    const token = (await readFile(join(this.dataDir, 'admin-token'), 'utf8')).trim();
    this.openApi = new Api(this.server.httpUrl, token);
  }

  kill = (): Promise<number | null> => this.program.end('SIGKILL');

  stop = (): Promise<number | null> => this.program.end('SIGTERM');

  /** Leaves no process behind, whatever a test did to it. */
  async close(): Promise<void> {
    await this.stop();
    await endDatabase(this.dataDir);
  }

  private async ready(): Promise<ServerDocument | undefined> {
    if (!this.program.isRunning) throw new Error(`the control plane ended\n${this.program.tail()}`);
    const text = await readFile(join(this.dataDir, 'server.json'), 'utf8').catch(() => '');
    const server = text === '' ? undefined : (JSON.parse(text) as ServerDocument);
    return server?.pid === this.program.pid ? server : undefined;
  }
}
