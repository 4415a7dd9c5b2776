import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './root.js';

const HAMON = join(ROOT, 'apps/cli/bin/hamon.js');

export interface HamonOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HamonAccount {
  readonly server: string;
  readonly token: string;
  /** Instead of the person's own: where a login would be remembered. */
  readonly home: string;
}

/** `hamon …` as a person or a CI job types it. */
export function hamon({ server, token, home }: HamonAccount, ...args: string[]): Promise<HamonOutcome> {
  const env = { PATH: process.env['PATH'], HOME: home, HAMON_SERVER: server, HAMON_TOKEN: token };
  return new Promise((resolve) => {
    execFile(process.execPath, [HAMON, ...args], { env, timeout: 120_000 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
      resolve({ code, stdout, stderr });
    });
  });
}
