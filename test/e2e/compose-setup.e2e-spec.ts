import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VersionView } from '@hamon/contracts';
import { ControlPlane } from './support/control-plane.js';
import { EXAMPLE, ROOT } from './support/root.js';
import { Scene } from './support/scene.js';

/** Three versions are validated, and each command is a process. */
const LIMIT_MS = 300_000;

let scene: Scene;
let plane: ControlPlane;
beforeAll(async () => {
  scene = await Scene.open();
  plane = new ControlPlane(join(scene.folder, 'compose'));
  await plane.start();
});
afterAll(async () => {
  await plane?.close();
  await scene?.close();
});

it(
  'the set-up of docker/compose.yaml releases the example’s models and makes one token, however often it runs',
  async () => {
    const [bin, enrolment] = [join(scene.folder, 'bin'), join(scene.folder, 'enrolment')];
    await mkdir(bin);
    await mkdir(enrolment);
    await symlink(join(ROOT, 'apps/cli/bin/hamon.js'), join(bin, 'hamon'));
    const env = {
      ...{ PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: scene.folder, ENROLMENT: enrolment },
      ...{ HAMON_SERVER: plane.httpUrl, HAMON_TOKEN: plane.api.token, BUNDLES: join(EXAMPLE, 'bundles') },
    };
    const tokens: string[] = [];
    for (let times = 0; times < 2; times += 1) {
      await promisify(execFile)('sh', [join(ROOT, 'docker/setup/setup.sh')], { env });
      tokens.push(await readFile(join(enrolment, 'token'), 'utf8'));
    }
    expect(tokens[1]).toBe(tokens[0]);
    for (const [model, version] of [
      ['surface-inspection', '1.0.0'],
      ['surface-inspection', '2.0.0'],
      ['surface-defects', '1.0.0'],
    ]) {
      const view = await plane.api.call('GET', `/v1/models/${model}/versions/${version}`, VersionView);
      expect([model, version, view.state]).toEqual([model, version, 'released']);
    }
    // The two agents enrol with it, by the line of the compose file.
    const agent = join(ROOT, 'agent/bin/hamon-agent.js');
    for (const name of ['agent-1', 'agent-2']) {
      const line = ['--server', plane.httpUrl, '--state', join(scene.folder, name), '--name', name];
      const { stdout } = await promisify(execFile)(agent, [
        'enrol',
        ...line,
        '--token',
        (tokens[0] ?? '').trim(),
      ]);
      expect(stdout).toContain(`device ${name} of fleet`);
    }
  },
  LIMIT_MS,
);
