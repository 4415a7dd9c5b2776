import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng } from '@hamon/inference';
import { temporaryFolder } from '@hamon/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceView, SampleView } from '@hamon/contracts';
import { Cabinet, until } from './support/cabinet.js';
import { Platform } from './support/platform.js';

const PICTURES = 3;

/** The way of a picture from a real device to whoever wants it; later steps build on earlier ones. */
describe('a picture that a device keeps', () => {
  let platform: Platform;
  let cabinet: Cabinet;
  const pictures: Buffer[] = [];
  const device = () => platform.json<DeviceView>('device', 'show', 'cam-1');
  const samples = async () => (await platform.json<{ items: SampleView[] }>('sample', 'ls')).items;
  const show = async (picture: Buffer): Promise<void> => {
    const body = picture as unknown as NonNullable<RequestInit['body']>;
    const headers = { 'content-type': 'image/png' };
    await fetch(`${await cabinet.url()}/v1/infer`, { method: 'POST', headers, body });
  };

  beforeAll(async () => {
    platform = await Platform.start();
    await platform.json('login', '--server', platform.url, '--token', platform.token);
    for (let shade = 0; shade < PICTURES; shade++) {
      const pixels = new Uint8Array(64).fill(50 * shade);
      pictures.push(Buffer.from(await encodePng(pixels, { width: 8, height: 8, channels: 1 })));
    }
    const line = { name: 'line', samples: { random: { share: 1 } } };
    cabinet = await Cabinet.open(platform, { streams: [line], samples: { minFreeMb: 0 } });
  });
  afterAll(async () => {
    await cabinet.close();
    await platform.discard();
  });

  it('stays there while the fleet lets none leave, and is counted at the centre', async () => {
    for (const picture of pictures) await show(picture);
    await until(async () => (await device()).samples?.kept === PICTURES);
    expect((await device()).samples).toMatchObject({ unsent: PICTURES });
    const shown = await platform.hamon('device', 'show', 'cam-1').ended;
    expect(shown.out).toMatch(/pictures +3 kept \(.*\), 3 of them not sent/);
    const status = (await (await fetch(`${await cabinet.url()}/v1/status`)).json()) as { samples: object };
    expect(status.samples).toMatchObject({ kept: PICTURES, upload: { pictures: 0, refused: 0 } });
    expect(await samples()).toEqual([]);
  });

  it('comes once the fleet does, each once and byte for byte, and is pulled', async () => {
    const policy = join(platform.folder, 'policy.json');
    await writeFile(policy, JSON.stringify({ schema: 'hamon.fleet-policy/1', samples: { upload: true } }));
    await platform.json('fleet', 'policy', 'set', policy);
    // It asks what the fleet allows at its start, and every ten minutes.
    await cabinet.restart();
    await until(async () => (await samples()).length === PICTURES);
    expect(await samples()).toMatchObject(pictures.map(() => ({ device: 'cam-1', stream: 'line' })));
    await until(async () => (await device()).samples?.unsent === 0);

    const folder = await temporaryFolder();
    expect(await platform.json('sample', 'pull', '--to', folder)).toMatchObject({
      pulled: PICTURES,
      left: [],
    });
    const files = await readdir(join(folder, 'images'));
    const bytes = await Promise.all(files.map((file) => readFile(join(folder, 'images', file), 'base64')));
    expect(bytes.toSorted()).toEqual(pictures.map((picture) => picture.toString('base64')).toSorted());
  });
});
