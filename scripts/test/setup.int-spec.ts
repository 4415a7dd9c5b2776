import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { workspaces } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
  workspaces: string[];
};
/** One folder for each pattern: `libs/*` is `libs/any`. */
const folders = workspaces.map((pattern) => pattern.replace('*', 'any'));

const DRAW =
  "import { mkdirSync } from 'node:fs'; mkdirSync(new URL('../images/line', import.meta.url), { recursive: true });";
/** Whoever draws while another one does cannot make the folder, and ends with a failure. */
const DRAW_ALONE = `
  import { spawnSync } from 'node:child_process';
  import { mkdirSync, rmdirSync } from 'node:fs';
  const drawing = new URL('../drawing', import.meta.url);
  mkdirSync(drawing);
  spawnSync(process.execPath, ['-e', '0']);
  rmdirSync(drawing);`;

/** A repository with a compiler and an npm that only say that they were called. */
describe('the set-up', () => {
  let root: string;
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const setup = async (): Promise<string> => {
    const env = { PATH: `${join(root, 'bin')}:${process.env['PATH']}` };
    const { stderr } = await promisify(execFile)(process.execPath, [join(root, 'scripts/setup.mjs')], {
      env,
    });
    return stderr;
  };

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'hamon-setup-'));
    await write('package.json', JSON.stringify({ workspaces }));
    await write('node_modules/typescript/bin/tsc', '');
    await write('bin/npm', '#!/bin/sh\n');
    await chmod(join(root, 'bin/npm'), 0o755);
    for (const folder of folders) {
      await write(`${folder}/package.json`, '{}');
      await write(`${folder}/src/index.ts`, '');
      await write(`${folder}/dist/index.js`, '');
    }
    await write('examples/surface-inspection/package.json', '{"type":"module"}');
    await write('examples/surface-inspection/dist/generate.js', DRAW);
    await mkdir(join(root, 'scripts'), { recursive: true });
    await copyFile(join(ROOT, 'scripts/setup.mjs'), join(root, 'scripts/setup.mjs'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('does everything once, and is silent when nothing is stale', async () => {
    expect(await setup()).toMatch(/installing packages[^]*building[^]*drawing the example images/);
    expect(await setup()).toBe('');
  });

  it.each(folders)('builds after a change in %s', async (folder) => {
    await setup();
    await utimes(join(root, folder, 'src/index.ts'), new Date(), new Date(Date.now() - 1000));
    expect(await setup()).toContain('building');
    expect(await setup()).toBe('');
  });

  it('is done by one at a time, also where the former one was killed', async () => {
    await write('examples/surface-inspection/dist/generate.js', DRAW_ALONE);
    await rm(join(root, 'examples/surface-inspection/images'), { recursive: true, force: true });
    for (let round = 0; round < 4; round += 1) {
      await write('.hamon-setup.lock', '999999999');
      await Promise.all(Array.from({ length: 6 }, setup));
    }
    expect((await readdir(root)).filter((name) => name.includes('lock'))).toEqual([]);
  });
});
