import { mkdtempSync, chmodSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Folders of runs are named by the process that runs them, so that those of dead ones can be told. */
const PREFIX = 'hamon-test-';

export const isOfThisRun = (folder) => folder?.includes(`/${PREFIX}${process.pid}-`) === true;

/** The folder in which this run's shared server lives. */
export function makeRunFolder() {
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  // PostgreSQL does not run as root: another account must be able to pass through.
  chmodSync(folder, 0o711);
  return folder;
}

/** What interrupted runs left behind. */
export async function clearDeadRuns() {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(/^hamon-test-(\d+)-/.exec(name)?.[1] ?? NaN);
    if (Number.isInteger(pid) && !isAlive(pid))
      await clearRunFolder(join(tmpdir(), name)).catch(() => undefined);
  }
}

/** Ends the run's server, if any test started one, and removes the folder. */
export async function clearRunFolder(folder) {
  const record = join(folder, 'postgres', 'postgres.json');
  if (existsSync(record)) {
    const { outside } = JSON.parse(readFileSync(record, 'utf8'));
    const data = outside ?? join(folder, 'postgres', 'postgres');
    await stopServer(join(data, 'data'));
    rmSync(data, { recursive: true, force: true });
  }
  rmSync(folder, { recursive: true, force: true });
}

async function stopServer(data) {
  let pid;
  try {
    pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    // Nothing of a test run is worth a checkpoint: SIGQUIT ends the server at once.
    process.kill(pid, 'SIGQUIT');
  } catch {
    return;
  }
  for (const deadline = Date.now() + 30_000; isAlive(pid) && Date.now() < deadline;) await delay(20);
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
