import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { readFileIfThere } from '@hamon/content';
import { readPostmasterPid } from './postmaster-pid.js';
import type { ServerAccount } from './server-account.js';
import { ensureDatabase, probing } from './server-connection.js';
import type { ServerRecord } from './server-record.js';

/** After a power cut, recovery replays the write-ahead log before clients may connect. */
const READY_TIMEOUT_MS = 120_000;

/** Errors reach us on the connection; the server's own log tells why it ended. */
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
  readonly forced: AbortSignal | undefined;
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
  launch.forced?.addEventListener('abort', () => child.kill('SIGQUIT'));
  child.unref();
  await logFile.close();

  return probing(dataFolder, async (ask) => {
    for (const deadline = Date.now() + READY_TIMEOUT_MS; Date.now() < deadline; await delay(25)) {
      if (failure !== undefined || child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`the embedded PostgreSQL did not start: ${await reason(logPath)}`, {
          cause: failure,
        });
      }
      const answer = await ask(record);
      if (answer === 'ours') return { url: await ensureDatabase(record), child };
      // Another server may answer on this port until ours is known to have it.
      if (answer === 'another password' && (await readPostmasterPid(dataFolder))?.isReady) {
        await end(child);
        throw new Error(foreignPassword(dataFolder));
      }
    }
    await end(child);
    throw new Error(`the embedded PostgreSQL was not ready in ${READY_TIMEOUT_MS / 1000} s; see ${logPath}`);
  });
}

export const foreignPassword = (dataFolder: string): string =>
  `postgres.json does not hold the password of the database in ${dataFolder}: restore both from the same backup`;

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGINT');
  await gone;
}

/** The server's last message: the reason, and the hint that follows it. */
async function reason(path: string): Promise<string> {
  const lines = ((await readFileIfThere(path)) ?? '').trim().split('\n');
  const fatal = lines.findLastIndex((line) => / (FATAL|PANIC): /.test(line));
  return lines.slice(fatal < 0 ? -1 : fatal).join(' ') || 'it said nothing';
}
