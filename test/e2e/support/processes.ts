import { readFile } from 'node:fs/promises';
import { until } from './until.js';

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The embedded PostgreSQL of a control plane's data folder, where it runs. */
export async function databasePid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(`${dataDir}/postgres/data/postmaster.pid`, 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  return pid > 0 && isAlive(pid) ? pid : undefined;
}

/** Ends a database that outlived its control plane. Nothing of a test is worth a checkpoint. */
export async function endDatabase(dataDir: string): Promise<void> {
  const pid = await databasePid(dataDir);
  if (pid === undefined) return;
  process.kill(pid, 'SIGQUIT');
  await until('the database has ended', () => !isAlive(pid));
}
