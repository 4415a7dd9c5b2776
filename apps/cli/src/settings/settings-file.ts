import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeProblems, fieldProblems } from '@hamon/contracts';
import { z } from 'zod';
import { CliError } from '../cli-error.js';
import type { Io } from '../io.js';

/** What `hamon login` remembers. */
export const Settings = z.strictObject({
  schema: z.literal('hamon.cli/1'),
  server: z.url({ protocol: /^https?$/ }),
  token: z.string().min(1).max(4000),
});
export type Settings = z.infer<typeof Settings>;

export function settingsPath(env: Io['env']): string {
  const folder = env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  return env['HAMON_CONFIG'] || join(folder, 'hamon', 'config.json');
}

/** Undefined where nobody has logged in yet. */
export async function readSettings(path: string): Promise<Settings | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new CliError('local-file', `${path} cannot be read`, { cause });
  }
  const hint = 'Log in again to write it anew.';
  try {
    const parsed = Settings.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    const detail = `${path}: ${describeProblems(fieldProblems(parsed.error))}`;
    throw new CliError('local-file', detail, { cause: parsed.error, hint });
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError('local-file', `${path} is not JSON`, { cause, hint });
  }
}

/** Readable by its owner alone from the first byte on: it holds a token. */
export async function writeSettings(path: string, settings: Settings): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(settings, undefined, 2)}\n`);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new CliError('local-file', `${path} cannot be written`, { cause });
  }
}

const isMissing = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ENOENT';
