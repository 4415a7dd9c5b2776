import { digestOf } from '@hamon/content';
import type { SampleMeta } from '@hamon/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptSampleView } from '../../src/samples/sample-routes.js';
import { Scene } from '../support/scene.js';
import { until } from '../support/until.js';

interface Page {
  readonly schema: string;
  readonly items: readonly KeptSampleView[];
  readonly next: string | null;
}

describe('an agent that keeps pictures', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterAll(() => scene.close());

  const start = async (samples: object) => {
    const row = { name: 'line', samples, source: { kind: 'directory', path: scene.images } };
    const { id, agent } = await scene.device({ source: { kind: 'http' }, streams: [row] });
    await agent.start();
    await scene.reached(await scene.fleet.desire(id, await scene.bundle('1.0.0')), 'committed', agent);
    const url = await agent.httpUrl();
    const page = async (query = ''): Promise<Page> =>
      (await (await fetch(`${url}/v1/samples${query}`)).json()) as Page;
    return { id, agent, url, page };
  };

  it('lists them with what was answered, gives each out, and has them after a kill', async () => {
    const { id, agent, url, page } = await start({ random: { share: 1, perDay: 12 } });
    await until('all that the day allows', async () => (await page()).items.length === 12);
    const first = await page('?limit=5');
    expect(first).toMatchObject({ schema: 'hamon.kept-samples/1', items: { length: 5 } });
    const second = await page(`?limit=50&after=${first.next}&stream=line`);
    expect([second.items.length, second.next]).toEqual([7, null]);
    const all = [...first.items, ...second.items];
    expect(new Set(all.map((one) => one.id)).size).toBe(12);
    const [one] = all as [KeptSampleView];
    expect(one).toMatchObject({ device: id, stream: 'line', reasons: ['random'], uploadedAt: null });
    expect(one.result).toMatchObject({ version: '1.0.0' });
    const picture = await fetch(`${url}/v1/samples/${one.id}/picture`);
    expect(picture.headers.get('content-type')).toBe(one.mediaType);
    expect(digestOf(new Uint8Array(await picture.arrayBuffer()))).toBe(one.sha256);
    const status = (await (await fetch(`${url}/v1/status`)).json()) as { samples: object };
    expect(status.samples).toMatchObject({ kept: 12, unsent: 12, upload: { pictures: 0 } });
    const reported = () => scene.fleet.lastReport(id)?.samples;
    await until('its reports say so', () => reported()?.kept === 12);
    expect(reported()).toMatchObject({ bytes: expect.any(Number), unsent: 12 });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'hamon_samples_kept_total{stream="line",reason="random"} 12',
    );

    await agent.kill();
    await agent.start();
    const again = (await (await fetch(`${await agent.httpUrl()}/v1/samples?limit=500`)).json()) as Page;
    const ids = (items: readonly SampleMeta[]): string[] => items.map((item) => item.id).sort();
    expect(ids(again.items)).toEqual(ids(all));
    await until('the day’s number holds after a restart too', async () => {
      const { frames } = await agent.status();
      return frames.answered > 30;
    });
    expect((await agent.status()) as unknown).toMatchObject({ samples: { kept: 12 } });
  });

  it('refuses what is no list and no picture of it, in a sentence', async () => {
    const { url } = await start({});
    for (const [path, status] of [
      ['/v1/samples?limit=0', 400],
      ['/v1/samples?limit=1e9', 400],
      ['/v1/samples?where=x', 400],
      ['/v1/samples/nothing/picture', 404],
      ['/v1/samples/..%2f..%2fdevice-key.jwk/picture', 404],
    ] as const) {
      const response = await fetch(`${url}${path}`);
      expect([path, response.status]).toEqual([path, status]);
      expect(await response.json()).toMatchObject({ schema: 'hamon.problem/1' });
    }
  });
});
