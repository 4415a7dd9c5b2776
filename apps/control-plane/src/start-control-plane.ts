import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { writeFileAtomically } from '@hamon/content';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './create-app.js';
import { BrokerAddress } from './messaging/broker-address.js';
import type { Config } from './platform/config/config.js';
import { plainTextFaults } from './platform/config/plain-text.js';
import { openDataFolder } from './platform/data-folder.js';
import { Log } from './platform/log.js';
import { migrate } from './platform/migrate.js';
import { EmbeddedPostgres } from './platform/postgres/embedded-postgres.js';

export interface RunningControlPlane {
  readonly httpUrl: string;
  readonly mqttUrl: string;
  readonly app: NestFastifyApplication;
  /** Ends everything that was started, in the opposite order. */
  stop(): Promise<void>;
}

/** In-flight requests may finish for this long when the control plane stops; streams of events are cut then. */
const HTTP_GRACE_MS = 5000;

/**
 * Starts the control plane with what it stands on: database, HTTP, broker. What was started before a failure is stopped
 * again.
 *
 * @param onFatal called when a part ended that the rest cannot live without
 */
export async function startControlPlane(
  config: Config,
  onFatal: (reason: string) => void = () => undefined,
): Promise<RunningControlPlane> {
  const log = Log.atLevel(config.logLevel);
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) {
      await step().catch((cause: unknown) => log.error('stopping failed', cause));
    }
  };
  try {
    const folder = await openDataFolder(config.dataDir);
    undo.push(() => folder.release());
    const databaseUrl = config.databaseUrl ?? (await startDatabase(config, log, undo, onFatal));
    await migrate(databaseUrl);

    const app = await createApp({ config, log, databaseUrl });
    undo.push(() => closeApp(app));
    await listen(app, config);
    for (const fault of plainTextFaults(config)) log.warn(`accepted by HAMON_INSECURE: ${fault}`);

    const httpUrl = urlOf(app, config.httpHost);
    const mqttUrl = app.get(BrokerAddress, { strict: false }).urlForDevices();
    const server = join(config.dataDir, 'server.json');
    await writeFileAtomically(
      server,
      JSON.stringify({ schema: 'hamon.server/1', pid: process.pid, httpUrl, mqttUrl }),
      0o644,
    );
    undo.push(() => rm(server, { force: true }));
    log.info('ready', { httpUrl, mqttUrl });
    return { httpUrl, mqttUrl, app, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startDatabase(
  config: Config,
  log: Log,
  undo: (() => Promise<unknown>)[],
  onFatal: (reason: string) => void,
): Promise<string> {
  const postgres = await EmbeddedPostgres.start({ folder: config.dataDir, log });
  undo.push(() => postgres.stop());
  postgres.onUnexpectedEnd(() => onFatal('the embedded PostgreSQL ended'));
  return postgres.url;
}

async function listen(app: NestFastifyApplication, { httpHost, httpPort }: Config): Promise<void> {
  // Apart from listening, so that a room that cannot start is not taken for a port that is taken.
  await app.init();
  try {
    await app.listen(httpPort, httpHost);
  } catch (cause) {
    throw new Error(`cannot listen for HTTP on ${httpHost}:${httpPort} (HAMON_HTTP_HOST, HAMON_HTTP_PORT)`, {
      cause,
    });
  }
}

async function closeApp(app: NestFastifyApplication): Promise<void> {
  const impatience = setTimeout(() => app.getHttpServer().closeAllConnections(), HTTP_GRACE_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(impatience);
  }
}

function urlOf(app: NestFastifyApplication, host: string): string {
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address ? address.port : 0;
  // A wildcard address is none that anybody can call.
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
