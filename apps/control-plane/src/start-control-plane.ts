import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { writeFileAtomically } from '@hamon/content';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './create-app.js';
import { countEnrolled } from './fleet/count-enrolled.js';
import { BrokerAddress } from './messaging/broker-address.js';
import { openClock } from './platform/clock/clock-keeper.js';
import type { Config } from './platform/config/config.js';
import { plainTextFaults } from './platform/config/plain-text.js';
import { openDataFolder, type DataFolder } from './platform/data-folder.js';
import {
  databaseFault,
  lookAtDatabase,
  missingUrlFault,
  nameDatabase,
  renameDatabase,
} from './platform/instance/database-identity.js';
import { hadOwnDatabase, writeIdentity, type FolderIdentity } from './platform/instance/folder-identity.js';
import { Log } from './platform/log.js';
import { migrate } from './platform/migrate.js';
import { EmbeddedPostgres } from './platform/postgres/embedded-postgres.js';
import { openManifestKey } from './platform/keys/open-manifest-key.js';

export interface RunningControlPlane {
  readonly httpUrl: string;
  readonly mqttUrl: string;
  readonly app: NestFastifyApplication;
  /** Ends everything that was started, in the opposite order. */
  stop(): Promise<void>;
}

export interface WaysToEnd {
  /** Called when a part ended that the rest cannot work without. */
  readonly onFatal?: (reason: string) => void;
  /** Ends what runs beside this process at once; the caller ends this process. */
  readonly forced?: AbortSignal;
}

/** When the control plane stops, requests under way, uploads among them, may take so long to finish. */
const REQUESTS_MS = 10_000;
/** What is then still under way is told to stop. */
const HTTP_GRACE_MS = 5_000;

/**
 * Starts the control plane and what it depends on: database, HTTP, broker. What was started before a failure is stopped
 * again.
 */
export async function startControlPlane(config: Config, ways: WaysToEnd = {}): Promise<RunningControlPlane> {
  const log = Log.atLevel(config.logLevel);
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) {
      await step().catch((cause: unknown) => log.error('stopping failed', cause));
    }
  };
  try {
    const folder = await openDataFolder(config.dataDir, log);
    undo.push(() => folder.release());
    const databaseUrl = await openDatabase(folder, config, log, undo, ways);
    const clock = await openClock(databaseUrl, log);
    const manifestKey = await openManifestKey(config, () => countEnrolled(databaseUrl));

    const { app, requests } = await createApp({ config, log, databaseUrl, clock }, manifestKey);
    undo.push(() => closeApp(app));
    // First of all, while everything that a request needs is there.
    undo.push(() => requests.drain(REQUESTS_MS));
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

/** The database of this data folder and of no other instance, with the newest schema; answers its URL. */
async function openDatabase(
  { path, identity }: DataFolder,
  config: Config,
  log: Log,
  undo: (() => Promise<unknown>)[],
  ways: WaysToEnd,
): Promise<string> {
  const given = config.databaseUrl;
  const fault =
    given === undefined ? missingUrlFault(identity) : databaseFault(identity, await lookAtDatabase(given));
  if (fault !== undefined) throw new Error(fault);
  const url = given ?? (await startDatabase(path, identity, log, undo, ways));
  await migrate(url);
  const database = await (given === undefined
    ? renameDatabase(url, identity.id)
    : nameDatabase(url, identity.database));
  if (database !== identity.database) await writeIdentity(path, { ...identity, database });
  return url;
}

async function startDatabase(
  folder: string,
  identity: FolderIdentity,
  log: Log,
  undo: (() => Promise<unknown>)[],
  { onFatal, forced }: WaysToEnd,
): Promise<string> {
  const expected = hadOwnDatabase(identity);
  const postgres = await EmbeddedPostgres.start({ folder, owner: identity.id, expected, log, forced });
  undo.push(() => postgres.stop());
  postgres.onUnexpectedEnd(() => onFatal?.('the embedded PostgreSQL ended'));
  return postgres.url;
}

async function listen(app: NestFastifyApplication, { httpHost, httpPort }: Config): Promise<void> {
  // Apart from listening, so that a capability that cannot start is not taken for a port that is taken.
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
  // Nobody can call a wildcard address.
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
