import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleDocument, writeBundle } from '@hamon/testing';
import { enrolDevice } from './support/device.js';
import { Platform, type Ended } from './support/platform.js';

/** One operator's session on a real control plane, command after command; later ones build on earlier ones. */
let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
});
afterAll(() => platform.discard());

const hamon = (...args: string[]): Promise<Ended> => platform.hamon(...args).ended;
const json = <T = Record<string, unknown>>(...args: string[]): Promise<T> => platform.json<T>(...args);

async function bundle(version: string): Promise<string> {
  const folder = join(platform.folder, `bundle-${version}`);
  await writeBundle(folder, bundleDocument({ model: 'tiny', version }));
  return folder;
}

describe('hamon on a real control plane', () => {
  it('logs in', async () => {
    expect((await hamon('model', 'ls')).code).toBe(2);
    const wrong = await hamon('login', '--server', platform.url, '--token', 'wrong');
    expect([wrong.code, wrong.out]).toEqual([1, '']);
    expect(await json('login', '--server', platform.url, '--token', platform.token)).toMatchObject({
      schema: 'hamon.login/1',
      server: platform.url,
    });
  });

  it('begins a model, once', async () => {
    expect(await json('model', 'create', 'tiny', '--task', 'classification')).toMatchObject({
      schema: 'hamon.model/1',
      name: 'tiny',
    });
    expect(await hamon('model', 'create', 'tiny', '--task', 'classification')).toMatchObject({
      code: 1,
      err: expect.stringContaining('tiny'),
    });
  });

  it('pushes a bundle, which is validated; the same again changes nothing, other bytes are refused', async () => {
    const folder = await bundle('1.0.0');
    const first = await json<{ variants: { bundle: string }[] }>(
      'model',
      'push',
      'tiny@1.0.0',
      '--bundle',
      folder,
    );
    expect(first).toMatchObject({ schema: 'hamon.version/1', state: 'validated', presentBytes: 0 });
    expect(first.variants[0]!.bundle).toMatch(/^[0-9a-f]{64}$/);
    const again = await json('model', 'push', 'tiny@1.0.0', '--bundle', folder);
    expect(again).toMatchObject({ uploadedBytes: 0, variants: first.variants });
    await writeBundle(folder, bundleDocument({ model: 'tiny', budgets: { p95Ms: 900, rssMb: 900 } }));
    const other = await hamon('model', 'push', 'tiny@1.0.0', '--bundle', folder);
    expect(other.code).toBe(1);
    expect(other.err).toContain('push the new bytes under a new version');
  });

  it('is told the one reason for which a bundle is refused', async () => {
    const folder = await bundle('9.0.0');
    await writeBundle(
      folder,
      bundleDocument({
        model: 'tiny',
        version: '9.0.0',
        output: { name: 'scores', activation: 'softmax', labels: ['a', 'b'] },
      }),
    );
    const refused = await hamon('model', 'push', 'tiny@9.0.0', '--bundle', folder);
    expect([refused.code, refused.out]).toEqual([1, expect.not.stringContaining('validated')]);
    expect(refused.err).toMatch(/^hamon: .+\n/);
    expect((await hamon('model', 'show', 'tiny@9.0.0')).code).toBe(1);
  });

  it('rolls out what is released only, and to devices that are there only', async () => {
    const start = () => hamon('rollout', 'start', 'tiny@1.0.0', '--stages', '1,100%', '--watch', '1s');
    expect((await start()).err).toContain('only a released version');
    expect(await json('model', 'release', 'tiny@1.0.0')).toMatchObject({ state: 'released' });
    expect((await start()).err).toMatch(/no device/);
    expect(await json('model', 'serve', 'tiny@1.0.0')).toMatchObject({
      cloud: { version: '1.0.0', variant: 'fp32' },
    });
    expect((await hamon('model', 'show', 'tiny')).out).toMatch(
      /cloud +1\.0\.0 fp32[^]*1\.0\.0 +released +fp32/,
    );
  });

  it('lets devices in, lists and labels them', async () => {
    const { token } = await json<{ token: string }>(
      ...['enrol-token', 'create', '--uses', '2', '--ttl', '10m', '--label', 'site=osaka'],
    );
    for (const name of ['cam-1', 'cam-2']) await enrolDevice(platform.url, token, platform.folder, name);
    const all = await json<{ items: { id: string }[] }>('device', 'ls', '--where', 'site=osaka');
    expect(all.items.map(({ id }) => id).sort()).toEqual(['cam-1', 'cam-2']);
    expect(await json('device', 'label', 'cam-1', 'line=a')).toMatchObject({
      labels: { site: 'osaka', line: 'a' },
    });
    expect((await hamon('device', 'ls', '--where', 'line=a')).out).toMatch(/cam-1[^]*\n\n1 device, 0 online/);
    expect(await json('device', 'label', 'cam-1', 'line-')).toMatchObject({ labels: { site: 'osaka' } });
    expect((await hamon('device', 'show', 'cam-1')).out).toMatch(/device +cam-1\nonline +never/);
  });

  it('follows a rollout over a restart of the server; paused, resumed, aborted, it exits with 3', async () => {
    const { id } = await json<{ id: string }>(
      ...['rollout', 'start', 'tiny@1.0.0', '--where', 'site=osaka', '--stages', '1,100%', '--watch', '1s'],
    );
    const watching = platform.hamon('rollout', 'watch', id);
    await watching.says(/tiny@1\.0\.0: running/);
    expect(await json('rollout', 'pause', id)).toMatchObject({ state: 'paused' });
    await watching.says(new RegExp(`hamon rollout resume ${id}`));

    await platform.stop('SIGKILL');
    await watching.says(/connection is lost/);
    await platform.run();
    await watching.says(/connection is back/);

    expect(await json('rollout', 'resume', id)).toMatchObject({ state: 'running' });
    expect(await json('rollout', 'ls')).toMatchObject({ items: [{ id, devices: 2 }] });
    const second = await hamon('rollout', 'start', 'tiny@1.0.0', '--stages', '100%');
    expect(second.code).toBe(1);
    expect(second.err).toContain(id);
    expect((await hamon('rollout', 'abort', id)).code).toBe(0);
    const ended = await watching.ended;
    expect(ended.code).toBe(3);
    expect(ended.out).toMatch(/tiny@1\.0\.0: aborted/);
    expect((await hamon('rollout', 'show', id)).out).toMatch(/state +aborted[^]*cam-[12]/);
    expect((await hamon('rollout', 'resume', id)).code).toBe(1);
  });

  it('leaves the token in a file of its owner only', async () => {
    const saved = JSON.parse(await readFile(join(platform.folder, 'cli.json'), 'utf8')) as { token: string };
    expect(saved.token).toBe(platform.token);
  });
});
