import { execFile } from 'node:child_process';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DeviceConfig } from '@hamon/contracts';
import { configNeeds } from './config-needs.js';
import type { InstallRequest, Machine } from './install-plan.js';

/** What an installation has to know of the machine, or of the image in `root`. */
export async function readMachine(
  { state, root }: Pick<InstallRequest, 'state' | 'root'>,
  config: DeviceConfig,
): Promise<Machine> {
  return {
    node: await realpath(process.execPath),
    program: await realpath(fileURLToPath(new URL('../../bin/hamon-agent.js', import.meta.url))),
    needs: configNeeds(config),
    users: await namesIn(join(root, 'etc/passwd')),
    groups: await namesIn(join(root, 'etc/group')),
    systemdVersion: await systemdVersion(),
    stateEntries: await readdir(join(root, state)).catch(() => undefined),
  };
}

/** Files of passwd(5) and group(5). */
async function namesIn(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').map((line) => line.split(':')[0] ?? '');
}

/** The ids of a user, as `root` has them. */
export async function idsOf(user: string, root: string): Promise<{ uid: number; gid: number } | undefined> {
  const text = await readFile(join(root, 'etc/passwd'), 'utf8');
  const [, , uid, gid] =
    text
      .split('\n')
      .map((line) => line.split(':'))
      .find(([name]) => name === user) ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

async function systemdVersion(): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)('systemctl', ['--version']);
    const version = /^systemd (\d+)/.exec(stdout)?.[1];
    return version === undefined ? undefined : Number(version);
  } catch {
    return undefined;
  }
}
