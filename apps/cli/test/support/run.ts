import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { runCli } from '../../src/run-cli.js';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The one JSON document that was printed. */
  readonly json: Record<string, unknown>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
}

export { temporaryFolder } from '@hamon/testing';

/** Runs one command line in this process, as if in a pipe. */
export async function hamon(args: readonly string[], options: RunOptions = {}): Promise<Said> {
  const { env = {}, stdin = '', signal = new AbortController().signal } = options;
  let out = '';
  let err = '';
  const code = await runCli(args, {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    // Nobody's real login must matter here.
    env: { HAMON_CONFIG: join(tmpdir(), 'hamon-cli-nobody', 'config.json'), ...env },
    signal,
  });
  return {
    code,
    out,
    err,
    get json() {
      return JSON.parse(out) as Record<string, unknown>;
    },
  };
}
