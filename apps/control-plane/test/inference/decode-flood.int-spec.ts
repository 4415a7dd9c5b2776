import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokerAudience } from '@hamon/contracts';
import { encodePng } from '@hamon/inference';
import { pngBomb, runs } from '@hamon/testing';
import mqtt from 'mqtt';
import { enrol, type TestDevice } from '../support/enrol.js';
import { release } from '../support/push.js';
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.js';

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await startTestControlPlane();
  await release(plane);
  await plane.call('PUT', '/v1/models/tiny/cloud', { version: '1.0.0' });
});
afterAll(() => plane.discard());

const white = await encodePng(new Uint8Array(64).fill(255), { width: 8, height: 8, channels: 1 });

interface Asked {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: { readonly code?: string; readonly detail?: string };
}

async function ask(token: string, image: Uint8Array): Promise<Asked> {
  const answer = await fetch(`${plane.url}/v1/inference/tiny`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'image/png' },
    body: image as NonNullable<RequestInit['body']>,
  });
  return {
    status: answer.status,
    retryAfter: answer.headers.get('retry-after'),
    body: (await answer.json()) as Asked['body'],
  };
}

/** Sends the image over and over, so many at once, until it is told to end. */
function flood(token: string, image: Uint8Array, atOnce: number): () => Promise<Asked[]> {
  const answers: Asked[] = [];
  let over = false;
  const lane = async (): Promise<void> => {
    while (!over) answers.push(await ask(token, image));
  };
  const lanes = Promise.all(Array.from({ length: atOnce }, lane));
  return async () => {
    over = true;
    await lanes;
    return answers;
  };
}

async function connects({ id, token, view }: TestDevice): Promise<void> {
  const client = await mqtt.connectAsync(plane.mqttUrl, {
    ...{ clientId: id, username: id, protocolVersion: 4 },
    password: await token({ audience: brokerAudience(view.fleet) }),
  });
  await client.endAsync();
}

const BOMBS: readonly [what: string, image: Buffer][] = [
  ['too large', pngBomb(7000, 7000)],
  ['not too large, and slow to unpack', pngBomb(3000, 3000)],
];

describe('devices that flood the cloud with images', () => {
  test('are refused images that are too large to decode, with size and limit', async () => {
    const device = await enrol(plane);
    expect(await ask(await device.token(), pngBomb(7000, 7000))).toMatchObject({
      status: 422,
      body: {
        code: 'input-refused',
        detail: 'the image has 7000×7000 pixels (49 megapixels), at most 24 megapixels are decoded.',
      },
    });
  });

  test.each(BOMBS.slice(0, runs(1, 2)))(
    '%s: its neighbours are answered, connect, and use the database meanwhile',
    async (_, bomb) => {
      const neighbour = await enrol(plane);
      const token = await neighbour.token();
      const floods: (() => Promise<Asked[]>)[] = [];
      for (let flooder = 0; flooder < 3; flooder += 1) {
        floods.push(flood(await (await enrol(plane)).token(), bomb, 12));
      }
      const statuses: number[] = [];
      for (let frame = 0; frame < 8; frame += 1) {
        statuses.push((await ask(token, white)).status);
        await connects(neighbour);
        expect((await plane.call('GET', '/v1/devices')).status).toBe(200);
      }
      const answers = (await Promise.all(floods.map((end) => end()))).flat();
      expect(new Set(statuses)).toEqual(new Set([200]));
      // The flooding device gets answers in its turn and refusals beyond that, and nothing worse.
      const refused = answers.filter(({ status }) => status !== 200);
      expect(refused.length).toBeGreaterThan(0);
      for (const { status, retryAfter } of refused) {
        expect([422, 503]).toContain(status);
        if (status === 503) expect(Number(retryAfter)).toBeGreaterThan(0);
      }
    },
  );
});
