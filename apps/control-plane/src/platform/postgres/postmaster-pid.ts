import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isProcessAlive } from '@hamon/content';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** What `postmaster.pid` says: line 1 the process, 2 the data folder, 4 the port. */
export async function readPostmasterPid(dataFolder: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, folder, , port] = text.split('\n');
  if (!pid || folder !== dataFolder) return undefined;
  return { pid: Number(pid), port: Number(port) };
}

/**
 * Is that process really the server of this folder? After a restart of the machine its number may belong to anybody,
 * whom we must neither wait for nor signal.
 */
export async function isServerOf(pid: number, dataFolder: string): Promise<boolean> {
  if (!isProcessAlive(pid)) return false;
  return (await commandLine(pid)).includes(dataFolder);
}

async function commandLine(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
  } catch {
    // No /proc here, or the process has just ended.
  }
  const ps = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'args=']).catch(() => ({
    stdout: '',
  }));
  return ps.stdout;
}
