import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { UsageError } from './exit.js';

const Saved = z.strictObject({ schema: z.literal('hamon.cli/1'), server: z.url(), token: z.string().min(1) });

export interface Connection {
  readonly server: string;
  readonly token: string;
}

export const settingsPath = (): string =>
  process.env['HAMON_CONFIG'] ??
  join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'hamon/config.json');

/** Flags win over `HAMON_SERVER` and `HAMON_TOKEN`, these over what `hamon login` saved. */
export async function resolveConnection(flags: { server?: string; token?: string }): Promise<Connection> {
  const server = flags.server ?? process.env['HAMON_SERVER'];
  const token = flags.token ?? process.env['HAMON_TOKEN'];
  const saved = server !== undefined && token !== undefined ? undefined : await readSaved();
  const chosen = server ?? saved?.server;
  // A saved token belongs to the saved server and is shown to no other.
  const chosenToken = token ?? (server === undefined || server === saved?.server ? saved?.token : undefined);
  if (chosen === undefined) {
    throw new UsageError(
      'which server? give --server URL, set HAMON_SERVER, or run: hamon login --server URL --token T',
    );
  }
  if (!/^https?:\/\//.test(chosen) || !URL.canParse(chosen)) {
    throw new UsageError(`--server must be an http:// or https:// URL, not "${chosen}"`);
  }
  if (chosenToken === undefined) {
    throw new UsageError(`no token for ${chosen}: give --token, set HAMON_TOKEN, or run hamon login`);
  }
  return { server: chosen, token: chosenToken };
}

async function readSaved(): Promise<Connection | undefined> {
  let text: string;
  try {
    text = await readFile(settingsPath(), 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
  try {
    return Saved.parse(JSON.parse(text));
  } catch (cause) {
    throw new UsageError(`${settingsPath()} is damaged; run hamon login again`, { cause });
  }
}

/** Readable by the owner alone: it holds a token. */
export async function saveConnection({ server, token }: Connection): Promise<string> {
  const path = settingsPath();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, JSON.stringify({ schema: 'hamon.cli/1', server, token }, null, 2), {
    mode: 0o600,
  });
  await rename(temporary, path);
  return path;
}
