import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataFolder } from '../../src/platform/data-folder.js';
import { Log } from '../../src/platform/log.js';

const log = Log.atLevel('silent');
const BUILT = new URL('../../dist/platform/data-folder.js', import.meta.url).href;
const HOLDER = `
  const { openDataFolder } = await import(${JSON.stringify(BUILT)});
  await openDataFolder(process.argv[1], { info() {}, warn() {} });
  console.log('open');
  setInterval(() => {}, 1000);
`;

describe('the data folder', () => {
  let path: string;

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'hamon-data-'));
  });
  afterEach(() => rm(path, { recursive: true, force: true }));

  it('belongs to one process at a time, and to the next when that one is gone', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await expect(openDataFolder(path, log)).rejects.toThrow(
      `another control plane (process ${child.pid}) uses ${path}`,
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    const folder = await openDataFolder(path, log);
    await folder.release();
    await (await openDataFolder(path, log)).release();
  });

  it('is cleared of what an earlier run left unfinished', async () => {
    const first = await openDataFolder(path, log);
    await writeFile(join(first.temporary, 'half-made'), 'x');
    await first.release();
    const second = await openDataFolder(path, log);
    expect(await readdir(second.temporary)).toEqual([]);
  });
});
