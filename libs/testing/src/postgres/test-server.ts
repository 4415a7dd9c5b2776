import { mkdir, readFile, rename, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { testRunFolder } from './test-run.js';

const START_TIMEOUT_MS = 240_000;

/**
 * The URL of the PostgreSQL of this test run: that of HAMON_TEST_DATABASE_URL, or one that the first test to ask starts
 * and all others share, also those in other processes.
 *
 * @param start starts a server that outlives the calling process, with its data below the folder; answers its URL
 */
export async function testServer(start: (folder: string) => Promise<string>): Promise<string> {
  const given = process.env['HAMON_TEST_DATABASE_URL'];
  if (given) return given;
  const folder = join(testRunFolder(), 'postgres');
  const known = join(testRunFolder(), 'postgres.url');
  const lock = join(testRunFolder(), 'postgres.lock');
  await mkdir(folder, { recursive: true, mode: 0o711 });
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await delay(50)) {
    const url = await urlIn(known);
    if (url !== undefined) return url;
    const mine = await mkdir(lock).then(
      () => true,
      (cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'EEXIST') throw cause;
        return false;
      },
    );
    if (!mine) continue;
    try {
      const started = (await urlIn(known)) ?? (await start(folder));
      await writeFile(`${known}.new`, started);
      await rename(`${known}.new`, known);
      return started;
    } finally {
      await rmdir(lock);
    }
  }
  throw new Error('the PostgreSQL of the test run was not started in time');
}

/** Undefined until the server's starter has written it. */
async function urlIn(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}
