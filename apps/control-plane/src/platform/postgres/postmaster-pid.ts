import { execFile } from 'node:child_process';
import { readFile, readlink, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { isProcessAlive, readFileIfThere, statIfThere } from '@hamon/content';

export interface Postmaster {
  readonly pid: number;
  /** The data folder's path when the server started; in a copied or moved folder it still names the former place. */
  readonly folder: string;
  readonly startedSeconds: number;
  readonly port: number;
  /** It takes connections on its port. */
  readonly isReady: boolean;
}

/** `postmaster.pid`: line 1 the process, 2 the data folder, 3 its start, 4 the port, 8 its state. A power cut may leave less. */
export async function readPostmasterPid(dataFolder: string): Promise<Postmaster | undefined> {
  const text = await readFileIfThere(join(dataFolder, 'postmaster.pid'));
  if (text === undefined) return undefined;
  const [pid, folder = '', started, port, , , , state = ''] = text.split('\n');
  const isReady = state.trim() === 'ready';
  return { pid: Number(pid), folder, startedSeconds: Number(started), port: Number(port), isReady };
}

/**
 * Is that process really the server of this folder? After a restart of the machine any process may have its number,
 * which we must neither wait for nor signal; and a copied folder names the server of the original.
 */
export async function isServerOf(pid: number, dataFolder: string): Promise<boolean> {
  if (!isProcessAlive(pid)) return false;
  const [command = '', ...args] = await commandLine(pid);
  // Its children have its folder too, and their titles are like `postgres: checkpointer`.
  if (!/^postgres(\.exe)?$/.test(basename(command))) return false;
  return (await worksIn(pid, dataFolder)) ?? args.includes(dataFolder);
}

/**
 * A server works in its data folder, whatever that was called when it started; undefined where the system does not
 * tell.
 */
async function worksIn(pid: number, dataFolder: string): Promise<boolean | undefined> {
  const cwd = `/proc/${pid}/cwd`;
  try {
    await readlink(cwd);
    const [there, here] = await Promise.all([
      stat(cwd, { bigint: true }),
      stat(dataFolder, { bigint: true }),
    ]);
    return there.dev === here.dev && there.ino === here.ino;
  } catch {
    // No /proc here, another user's process, or one that has just ended.
    return undefined;
  }
}

async function commandLine(pid: number): Promise<readonly string[]> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  } catch {
    // No /proc here, or the process has just ended.
  }
  const ps = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'args=']).catch(() => ({
    stdout: '',
  }));
  return ps.stdout.trim().split(' ');
}

/**
 * Was the folder copied while a server ran on it? Files of different moments make no database, and no recovery repairs
 * that. The server's file is in the copy. What tells is that both folder and file are younger than the start that
 * the file names. A folder whose server was killed, or that was moved, keeps its age, and the file of a server that
 * started with a wrong clock is as old as that clock said.
 */
export async function isCopyOfRunning(left: Postmaster, dataFolder: string): Promise<boolean> {
  // initdb writes `PG_VERSION` once; a copy into an existing folder makes it anew.
  const [folder, version, file] = await Promise.all(
    ['.', 'PG_VERSION', 'postmaster.pid'].map((name) => birthSeconds(join(dataFolder, name))),
  );
  const made = Math.max(folder ?? 0, version ?? 0);
  if (made === 0 || file === undefined) return left.folder !== dataFolder;
  return made > left.startedSeconds && file > left.startedSeconds;
}

/** Undefined on file systems that do not keep a birth time: they answer zero, or the last change. */
async function birthSeconds(path: string): Promise<number | undefined> {
  const entry = await statIfThere(path);
  if (!entry || entry.birthtimeNs === 0n || entry.birthtimeNs === entry.ctimeNs) return undefined;
  return Number(entry.birthtimeNs / 1_000_000_000n);
}
