import { execFile } from 'node:child_process';
import { childEnvironment } from './child-environment.js';

const LIMITS = { timeout: 10_000, maxBuffer: 1024 ** 2, killSignal: 'SIGKILL' } as const;

/** What a short program writes; null where it fails or takes too long. */
export function programOutput(program: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, [...args], { ...LIMITS, env: childEnvironment() }, (error, output) =>
      resolve(error ? null : output),
    ).stdin?.end();
  });
}
