import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ApiClient } from '@hamon/api-client';
import { ROOT } from './root.js';

const run = promisify(execFile);
const HAMON = join(ROOT, 'apps/cli/bin/hamon.js');

/** The API and the command line, as the one admin there is. */
export class Api extends ApiClient {
  constructor(
    httpUrl: string,
    private readonly adminToken: string,
  ) {
    super({ server: httpUrl, token: adminToken, userAgent: 'hamon-demo' });
  }

  /** `hamon …` as a person would type it. */
  async hamon(...args: string[]): Promise<void> {
    const env = { ...process.env, HAMON_SERVER: this.server, HAMON_TOKEN: this.adminToken };
    await run(process.execPath, [HAMON, ...args, '--json'], { env }).catch((cause: unknown) => {
      const { stderr } = cause as { stderr?: string };
      throw new Error(`hamon ${args.join(' ')}: ${stderr?.trim() ?? String(cause)}`, { cause });
    });
  }
}
