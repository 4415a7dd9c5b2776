import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceConfigurationView } from '@hamon/contracts';
import { Cabinet, until } from './support/cabinet.js';
import { Platform } from './support/platform.js';

/** 8 × 8 pixels. */
const GREY_PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAADklEQVR4nGNogAIGyhgAgIQgAQ2AJGEAAAAASUVORK5CYII=';

/** One operator's work on a real control plane and a real device; later steps build on earlier ones. */
describe('setting a device up from the centre', () => {
  let platform: Platform;
  let cabinet: Cabinet;
  const file = async (config: object): Promise<string> => {
    const path = join(platform.folder, 'pushed.json');
    await writeFile(path, JSON.stringify(config));
    return path;
  };
  const images = (): string => join(platform.folder, 'images');
  const stream = (name: string, path = images()) => ({ name, source: { kind: 'directory', path } });
  const configure = async (config: object | null, ...more: string[]) => {
    const what = config ? ['--file', await file(config)] : ['--withdraw'];
    return platform.hamon('device', 'configure', '--where', 'id=cam-1', ...what, '--wait', ...more).ended;
  };
  const shown = async () =>
    (await platform.json<{ configuration: DeviceConfigurationView }>('device', 'show', 'cam-1'))
      .configuration;

  beforeAll(async () => {
    platform = await Platform.start();
    await platform.json('login', '--server', platform.url, '--token', platform.token);
    await mkdir(images());
    await writeFile(join(images(), 'grey.png'), Buffer.from(GREY_PNG, 'base64'));
    cabinet = await Cabinet.open(platform, { allow: { folders: [images()] } });
    await until(async () => (await shown()).isAble);
  });
  afterAll(async () => {
    await cabinet.close();
    await platform.discard();
  });

  it('a configuration is tried, and stays', async () => {
    const said = await configure({ streams: [stream('line-a')], logLevel: 'debug' });
    expect([said.code, said.out]).toEqual([0, expect.stringContaining('1 applied')]);
    expect(await shown()).toMatchObject({
      desired: { version: 1, state: 'applied' },
      reported: { state: 'applied', needsRestart: ['logLevel'] },
    });
  });

  it('a restart puts into use what waits for one', async () => {
    const said = await platform.hamon('device', 'restart', 'cam-1', '--wait').ended;
    expect([said.code, said.out]).toEqual([0, 'cam-1 is back.\n']);
    expect(cabinet.starts).toBe(2);
    const log = await platform.hamon('device', 'logs', 'cam-1', '--agent').ended;
    const levels = log.out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { level: number }).level);
    expect(log.code).toBe(0);
    expect(levels.length).toBeGreaterThan(3);
    // What waited is on trial once more, as it had not been tried.
    await until(async () => (await shown()).reported?.state === 'applied');
    expect((await shown()).reported?.needsRestart).toBeUndefined();
  });

  it('one whose stream does not come up is gone back from, with the reason', async () => {
    const said = await configure(
      { streams: [stream('line-a'), stream('line-b', join(images(), 'no'))] },
      '--trial',
      '2s',
    );
    expect(said.code).toBe(1);
    expect(said.out).toMatch(/cam-1 +reverted +stream-not-up: line-b: /);
    expect(await shown()).toMatchObject({ desired: { version: 2, state: 'reverted' } });
  });

  it('one that uses what the device does not allow is rejected there', async () => {
    const said = await configure({ streams: [stream('line-a', '/etc')] });
    expect(said.code).toBe(1);
    expect(said.out).toMatch(/cam-1 +rejected +config-not-allowed: /);
  });

  it('what was sent can be taken back', async () => {
    expect((await configure(null)).code).toBe(0);
    expect((await shown()).desired).toMatchObject({ config: null, state: 'applied' });
  });
});
