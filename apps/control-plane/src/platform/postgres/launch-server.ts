import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerAccount } from './server-account.js';
import { ensureDatabase, tryConnect } from './server-connection.js';
import type { ServerRecord } from './server-record.js';

/** Recovery after a power cut replays the write-ahead log before anybody may connect. */
const READY_TIMEOUT_MS = 120_000;

/** Errors reach us on the connection; the server's own log is for what ends it. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'log_min_messages=fatal',
  'log_checkpoints=off',
];

export interface LaunchServer {
  readonly postgres: string;
  readonly dataFolder: string;
  readonly record: ServerRecord;
  readonly account: ServerAccount | undefined;
  readonly settings: readonly string[];
  readonly logPath: string;
}

/** Starts the server and returns once it answers. */
export async function launchServer(launch: LaunchServer): Promise<{ url: string; child: ChildProcess }> {
  const { record, dataFolder, account, logPath } = launch;
  const logFile = await open(logPath, 'w', 0o600);
  const settings = [...SETTINGS, ...launch.settings].flatMap((text) => ['-c', text]);
  // Detached: an interrupt from the terminal must reach us first, the database last.
  const child = spawn(launch.postgres, ['-D', dataFolder, '-p', String(record.port), ...settings], {
    detached: true,
    cwd: dataFolder,
    stdio: ['ignore', logFile.fd, logFile.fd],
    env: { LC_ALL: 'C', TZ: 'UTC' },
    ...account,
  });
  let failure: unknown;
  child.once('error', (cause) => (failure = cause));
  child.unref();
  await logFile.close();

  for (const deadline = Date.now() + READY_TIMEOUT_MS; Date.now() < deadline; await delay(25)) {
    if (failure !== undefined || child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`the embedded PostgreSQL did not start: ${await lastLine(logPath)}`, {
        cause: failure,
      });
    }
    if (await tryConnect(record, dataFolder)) return { url: await ensureDatabase(record), child };
  }
  child.kill('SIGQUIT');
  throw new Error(`the embedded PostgreSQL was not ready in ${READY_TIMEOUT_MS / 1000} s; see ${logPath}`);
}

async function lastLine(path: string): Promise<string> {
  const lines = (await readFile(path, 'utf8').catch(() => '')).trim().split('\n');
  return lines.at(-1) || 'it said nothing';
}
