import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { statIfThere } from '@hamon/content';
import type { Log } from '../log.js';
import { findDatabasePlace, type DatabasePlace } from './database-place.js';
import { freePort } from './free-port.js';
import { initDatabaseFolder } from './init-database-folder.js';
import { foreignPassword, launchServer } from './launch-server.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { isCopyOfRunning, isServerOf, readPostmasterPid } from './postmaster-pid.js';
import { serverAccount } from './server-account.js';
import { ensureDatabase, probing } from './server-connection.js';
import { SHARED_FOLDER, writeServerRecord } from './server-record.js';

const STOP_TIMEOUT_MS = 30_000;

export interface EmbeddedPostgresOptions {
  /** The data goes below it, or elsewhere as root where the server's account cannot reach it; the log says so. */
  readonly folder: string;
  /** The folder's identity: a copy has another one. */
  readonly owner: string;
  /** It had a database: one that is missing is lost, and must not be made anew. */
  readonly expected?: boolean;
  readonly log: Log;
  /** Further `name=value` settings of the server. */
  readonly settings?: readonly string[];
  /** Ends the server at once, without a checkpoint, as soon as it has a process. */
  readonly forced?: AbortSignal | undefined;
}

/**
 * A PostgreSQL server of our own. It is started apart from this process and found by its data folder: a server that survived
 * its parent's kill is taken over by the next start. Only the server of this very folder is taken over: a copy has
 * the same password and port, and a server of its own.
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
    const { log, owner, expected = false } = options;
    const account = await serverAccount();
    const folder = await realpath(options.folder);
    const place = await findDatabasePlace({ folder, owner, expected, account, log });
    const { record, dataFolder } = place;
    await refuseSharedFiles(dataFolder);
    const adopted = await adopt(place, log);
    if (adopted) {
      options.forced?.addEventListener('abort', () => {
        // A server that has ended has removed its file, and its process number may be another process's.
        if (existsSync(join(dataFolder, 'postmaster.pid'))) process.kill(adopted.pid, 'SIGQUIT');
      });
      return new EmbeddedPostgres(adopted.url, dataFolder, undefined);
    }

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
      forced: options.forced,
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

/** Hard links are not a copy: two servers would write into the same files. */
async function refuseSharedFiles(dataFolder: string): Promise<void> {
  const control = await statIfThere(join(dataFolder, 'global', 'pg_control'));
  if (!control || control.nlink === 1n) return;
  throw new Error(
    `${dataFolder} shares its files with another folder by hard links: copy it with its content (cp -a, not cp -al), ` +
      'and remove the other one',
  );
}

/** A server that still runs on this folder. One that does not answer, or answers by another path, is ended. */
async function adopt(
  { record, dataFolder }: DatabasePlace,
  log: Log,
): Promise<{ url: string; pid: number } | undefined> {
  const left = await readPostmasterPid(dataFolder);
  if (!left) return undefined;
  if (!(await isServerOf(left.pid, dataFolder))) {
    if (await isCopyOfRunning(left, dataFolder)) throw new Error(copiedWhileRunning(dataFolder));
    // PostgreSQL itself tells a dead process from a living one, but not from another process of the same number.
    await rm(join(dataFolder, 'postmaster.pid'), { force: true });
    return undefined;
  }
  return probing(dataFolder, async (ask) => {
    for (const deadline = Date.now() + STOP_TIMEOUT_MS; Date.now() < deadline; await delay(50)) {
      if (!(await isServerOf(left.pid, dataFolder))) return undefined;
      const { port } = (await readPostmasterPid(dataFolder)) ?? left;
      const address = { port, password: record.password };
      const answer = await ask(address);
      if (answer === 'another password') throw new Error(foreignPassword(dataFolder));
      if (answer === 'ours by a former path') break;
      if (answer === 'ours') {
        log.info('took over the embedded PostgreSQL of an earlier run', { pid: left.pid });
        return { url: await ensureDatabase(address), pid: left.pid };
      }
    }
    log.warn('the embedded PostgreSQL of an earlier run cannot be taken over and is ended', {
      pid: left.pid,
    });
    await stopServerOf(dataFolder);
    return undefined;
  });
}

const copiedWhileRunning = (dataFolder: string): string =>
  `${dataFolder} was copied while its PostgreSQL ran, so that its files do not belong together: stop the control plane ` +
  `there and copy again. Where all of it is of one moment (a snapshot, a disk after a power cut), remove ` +
  `${join(dataFolder, 'postmaster.pid')} and start again`;

async function hasEnded(pid: number, dataFolder: string): Promise<boolean> {
  for (const deadline = Date.now() + STOP_TIMEOUT_MS; Date.now() < deadline; await delay(20)) {
    if (!(await isServerOf(pid, dataFolder))) return true;
  }
  return false;
}
