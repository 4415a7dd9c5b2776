import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import { inLongRun } from '@hamon/testing';
import { AgentProcess } from './support/agent-process.js';
import { Scene } from './support/scene.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Beside onnxruntime-node. */
const MAX_MB = 60;
/** A hundred packages are fetched anew. */
const LIMIT_MS = 600_000;

const run = promisify(execFile);
const diskMb = async (path: string): Promise<number> =>
  Number((await run('du', ['-sm', path])).stdout.split('\t')[0]);

inLongRun(beforeAll)(async () => {
  scene = await Scene.open();
});
inLongRun(afterAll)(async () => {
  await scene.close();
});
let scene: Scene;

inLongRun(it)(
  'the tarballs install alone, in little room, and their agent answers frames',
  async ({ skip }: TestContext) => {
    if (spawnSync('npm', ['ping'], { stdio: 'ignore', timeout: 30_000 }).status !== 0) {
      const why = 'no package registry can be reached';
      if (process.env['HAMON_TEST_REQUIRE_SERVERS'] === '1') throw new Error(why);
      skip(why);
    }
    const [prefix, packages] = [join(scene.folder, 'prefix'), join(scene.folder, 'packages')];
    const packed = await run(process.execPath, [
      join(ROOT, 'scripts/pack/main.mjs'),
      '--out',
      packages,
      'agent',
      'cli',
    ]);
    const tarballs = packed.stdout
      .trim()
      .split('\n')
      .map((path) => join(process.cwd(), path));
    expect(tarballs.map((path) => path.split('/').at(-1))).toEqual([
      expect.stringMatching(/^hamon-agent-\d+\.\d+\.\d+\.tgz$/),
      expect.stringMatching(/^hamon-cli-\d+\.\d+\.\d+\.tgz$/),
    ]);
    // Nothing of this machine's cache, and no setting that leaves install scripts out; the registry may be behind a proxy.
    const { PATH, NODE_EXTRA_CA_CERTS } = process.env;
    const env = { PATH, NODE_EXTRA_CA_CERTS, HOME: join(scene.folder, 'home') };
    const where = ['--prefix', prefix, '--cache', join(scene.folder, 'cache')];
    await run('npm', ['install', '--global', ...where, ...tarballs], { env, cwd: scene.folder });

    const modules = join(prefix, 'lib/node_modules/@hamon');
    for (const name of ['agent', 'cli']) {
      const all = await diskMb(join(modules, name));
      const runtime = await diskMb(join(modules, name, 'dist/node_modules/onnxruntime-node'));
      expect([name, all - runtime <= MAX_MB]).toEqual([name, true]);
      const licences = await readFile(join(modules, name, 'THIRD-PARTY-LICENSES'), 'utf8');
      expect(licences).toMatch(/^MIT {2}zod@/m);
      expect(licences).toMatch(/^LGPL-3.0-or-later {2}@img\/sharp-libvips-linux-x64@\S+ \*$/m);
    }
    const hamon = await run(join(prefix, 'bin/hamon'), ['--help'], { env });
    expect(hamon.stdout).toContain('Usage: hamon');

    const program = join(prefix, 'bin/hamon-agent');
    const stateFolder = join(scene.folder, 'installed');
    const enrolment = ['--server', scene.fleet.serverUrl, '--token', 'good', '--name', 'installed'];
    await run(program, ['enrol', ...enrolment, '--state', stateFolder], { env });
    const agent = new AgentProcess(
      stateFolder,
      { source: { kind: 'directory', path: scene.images } },
      {},
      program,
    );
    await agent.start();
    try {
      const bundle = await scene.bundle('1.0.0');
      await scene.reached(await scene.fleet.desire('installed', bundle), 'committed', agent);
      const response = await fetch(`${await agent.httpUrl()}/v1/infer`, {
        method: 'POST',
        headers: { 'content-type': 'image/png' },
        body: await readFile(join(scene.images, '3.png')),
      });
      expect(await response.json()).toMatchObject({
        schema: 'hamon.result/2',
        version: '1.0.0',
        source: 'edge',
      });
    } finally {
      await agent.kill();
    }
  },
  LIMIT_MS,
);
