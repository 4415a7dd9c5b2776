import type { ChildProcess } from 'node:child_process';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../log.js';
import { freePort } from './free-port.js';
import { initDatabaseFolder } from './init-database-folder.js';
import { launchServer } from './launch-server.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { isServerOf, readPostmasterPid } from './postmaster-pid.js';
import { serverAccount } from './server-account.js';
import { ensureDatabase, tryConnect } from './server-connection.js';
import { openServerRecord, SHARED_FOLDER, writeServerRecord, type ServerRecord } from './server-record.js';

const STOP_TIMEOUT_MS = 30_000;

export interface EmbeddedPostgresOptions {
  /** The data goes below, or elsewhere as root where the server's account cannot reach this; the log says so. */
  readonly folder: string;
  readonly log: Log;
  /** Further `name=value` settings of the server. */
  readonly settings?: readonly string[];
}

/**
 * A PostgreSQL server of our own. It is started apart from this process and known by its data folder: one that survived
 * its parent's kill is taken over by the next start.
 */
export class EmbeddedPostgres {
  private stopping = false;

  private constructor(
    readonly url: string,
    private readonly dataFolder: string,
    /** Undefined for a server that an earlier process started. */
    private readonly child: ChildProcess | undefined,
  ) {}

  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const account = await serverAccount();
    const folder = await realpath(options.folder);
    const record = await openServerRecord(folder, account, options.log);
    const dataFolder = join(record.folder, 'data');
    const adopted = await adopt(record, dataFolder, options.log);
    if (adopted) return new EmbeddedPostgres(adopted, dataFolder, undefined);

    if (account) await mkdir(SHARED_FOLDER, { recursive: true, mode: 0o755 });
    const { initdb, postgres } = await findPostgresBinaries(account, SHARED_FOLDER);
    await initDatabaseFolder({ initdb, dataFolder, password: record.password, account });
    const placed = { ...record, port: await freePort(record.port) };
    await writeServerRecord(folder, placed);
    const { url, child } = await launchServer({
      postgres,
      dataFolder,
      account,
      record: placed,
      settings: options.settings ?? [],
      logPath: join(folder, 'postgres.log'),
    });
    return new EmbeddedPostgres(url, dataFolder, child);
  }

  /** Called when the server ends without having been stopped; never for one that was taken over. */
  onUnexpectedEnd(callback: () => void): void {
    this.child?.once('exit', () => {
      if (!this.stopping) callback();
    });
  }

  /** Ends every connection and the server; returns when it is gone. */
  async stop(): Promise<void> {
    this.stopping = true;
    await stopServerOf(this.dataFolder);
  }
}

/** Ends the server that runs on this data folder, if one does. */
export async function stopServerOf(dataFolder: string): Promise<void> {
  const server = await readPostmasterPid(dataFolder);
  if (!server) return;
  // SIGINT is PostgreSQL's fast shutdown, which waits for no client; SIGQUIT leaves recovery to the next start.
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!(await isServerOf(server.pid, dataFolder))) return;
    process.kill(server.pid, signal);
    if (await hasEnded(server.pid, dataFolder)) return;
  }
  throw new Error(`the embedded PostgreSQL (process ${server.pid}) does not end`);
}

/** The URL of a server that still runs on this folder; one that does not answer is ended. */
async function adopt(record: ServerRecord, dataFolder: string, log: Log): Promise<string | undefined> {
  const running = await readPostmasterPid(dataFolder);
  if (!running) return undefined;
  if (!(await isServerOf(running.pid, dataFolder))) {
    // PostgreSQL itself tells a dead process from a living one, but not from a foreign one of the same number.
    await rm(join(dataFolder, 'postmaster.pid'), { force: true });
    return undefined;
  }
  for (const deadline = Date.now() + STOP_TIMEOUT_MS; Date.now() < deadline; await delay(50)) {
    if (!(await isServerOf(running.pid, dataFolder))) return undefined;
    const { port } = (await readPostmasterPid(dataFolder)) ?? running;
    const address = { port, password: record.password };
    if (await tryConnect(address, dataFolder)) {
      log.info('took over the embedded PostgreSQL of an earlier run', { pid: running.pid });
      return ensureDatabase(address);
    }
  }
  log.warn('the embedded PostgreSQL of an earlier run does not answer and is ended', { pid: running.pid });
  await stopServerOf(dataFolder);
  return undefined;
}

async function hasEnded(pid: number, dataFolder: string): Promise<boolean> {
  for (const deadline = Date.now() + STOP_TIMEOUT_MS; Date.now() < deadline; await delay(20)) {
    if (!(await isServerOf(pid, dataFolder))) return true;
  }
  return false;
}
