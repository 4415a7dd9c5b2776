import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodePixels, ImageDecoder, type Pixels } from '@hamon/inference';
import type { AnsweredFrame } from '../../../src/data/answered-frame.js';
import { startLocalHttp, type LocalHttp } from '../../../src/data/http/local-http.js';
import { livePicture } from '../../../src/data/live/live-picture.js';
import { liveRoutes } from '../../../src/data/live/live-routes.js';
import { LiveView, MAX_VIEWERS } from '../../../src/data/live/live-view.js';
import { CLOUD_RESULT } from '../support/cloud-server.js';
import { image } from '../support/example-models.js';
import { until } from '../support/until.js';

let live: LiveView;
let http: LocalHttp;
let decoded: number;
let number: number;
const open: { destroy(): unknown }[] = [];

beforeEach(async () => {
  decoded = 0;
  number = 0;
  const decoder = new ImageDecoder();
  live = new LiveView((frame) =>
    livePicture(frame, {
      decoder: {
        pixels: (bytes) => {
          decoded += 1;
          return decoder.pixels(bytes);
        },
      },
      specOf: () => undefined,
      blurOf: () => [],
    }),
  );
  const streams = (): string[] => ['one', 'two', 'three'];
  http = await startLocalHttp({
    ...{ host: '127.0.0.1', port: 0 },
    routes: liveRoutes({ live, streams, snapshotMs: 300 }),
  });
});
afterEach(async () => {
  for (const connection of open.splice(0)) connection.destroy();
  live.close();
  await http.close();
});

function answered(stream = 'one', frame: AnsweredFrame['frame'] = image(number)): AnsweredFrame {
  number += 1;
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const record = { schema: 'hamon.record/2', at: '2030-01-01T00:00:00.000Z', stream, id, trace: id } as const;
  return { frame, record: { ...record, result: CLOUD_RESULT } };
}

/** Noise does not compress: a picture that fills sockets. */
const noise = (width: number, height: number): AnsweredFrame['frame'] => {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919 * (number + 1)) >>> 5);
  return { kind: 'pixels', pixels: { data, width, height, channels: 3 } satisfies Pixels };
};

interface Watcher {
  readonly pictures: Buffer[];
  readonly response: IncomingMessage;
}

/** Reads a live stream part by part, as a browser does. */
function watch(stream = 'one'): Promise<Watcher> {
  return new Promise((resolve, reject) => {
    const asking = request(`${http.url}/v1/streams/${stream}/live`, (response) => {
      const boundary = /boundary=(.+)$/.exec(response.headers['content-type'] ?? '')?.[1];
      const pictures: Buffer[] = [];
      let rest = Buffer.alloc(0);
      response.on('data', (piece: Buffer) => {
        rest = Buffer.concat([rest, piece]);
        for (;;) {
          const head = rest.indexOf('\r\n\r\n');
          const length = Number(/content-length: (\d+)/.exec(rest.subarray(0, head).toString('latin1'))?.[1]);
          if (head < 0 || rest.length < head + 4 + length) return;
          pictures.push(rest.subarray(head + 4, head + 4 + length));
          rest = rest.subarray(head + 4 + length);
        }
      });
      response.on('error', () => undefined);
      if (boundary === undefined) reject(new Error(`answered ${response.statusCode}`));
      else resolve({ pictures, response });
    });
    open.push(asking);
    asking.on('error', reject).end();
  });
}

async function keepSeeing(holds: () => boolean, stream = 'one'): Promise<void> {
  const seeing = setInterval(() => live.see(answered(stream)), 10);
  try {
    await until('it is seen', holds);
  } finally {
    clearInterval(seeing);
  }
}

describe('live pictures', () => {
  it('cost nothing while nobody looks', async () => {
    for (let i = 0; i < 50; i += 1) live.see(answered());
    const { pictures } = await watch('two');
    for (let i = 0; i < 50; i += 1) live.see(answered());
    expect([decoded, live.pictures, pictures.length, live.viewers]).toEqual([0, 0, 0, 1]);
  });

  it('are JPEGs of what is seen, drawn once for all who look', async () => {
    const watchers = await Promise.all([watch(), watch(), watch()]);
    await keepSeeing(() => watchers.every(({ pictures }) => pictures.length >= 3));
    const most = Math.max(...watchers.map(({ pictures }) => pictures.length));
    // One more may have been drawn that is still on its way.
    expect(live.pictures).toBeLessThanOrEqual(most + 1);
    expect(decoded).toBe(live.pictures);
    const { width, height } = await decodePixels(watchers[0]!.pictures[0]!);
    expect([width, height]).toEqual([480, 480]);
  });

  it('are no more than five a second', async () => {
    const started = performance.now();
    const { pictures } = await watch();
    await keepSeeing(() => pictures.length >= 5);
    const seconds = (performance.now() - started) / 1000;
    expect(live.pictures).toBeLessThanOrEqual(Math.ceil(seconds * 5) + 1);
  });

  it('are at most 1280 pixels wide', async () => {
    const { pictures } = await watch();
    live.see(answered('one', noise(2000, 500)));
    await until('it is there', () => pictures.length === 1);
    expect(await decodePixels(pictures[0]!)).toMatchObject({ width: 1280, height: 320 });
  });

  it('leave the frame as it is, and show the part that the model saw', async () => {
    const frame = noise(300, 200);
    const before = frame.kind === 'pixels' ? frame.pixels.data.slice() : new Uint8Array();
    const { pictures } = await watch();
    live.see(answered('one', { ...frame, region: { x: 10, y: 20, width: 100, height: 50 } } as typeof frame));
    await until('it is there', () => pictures.length === 1);
    expect(await decodePixels(pictures[0]!)).toMatchObject({ width: 500, height: 250 });
    expect(frame.kind === 'pixels' && Buffer.from(frame.pixels.data).equals(before)).toBe(true);
  });

  it('end with the last one who looks', async () => {
    const { response, pictures } = await watch();
    await keepSeeing(() => pictures.length >= 1);
    response.destroy();
    await until('nobody looks', () => live.viewers === 0);
    const { pictures: drawn } = live;
    for (let i = 0; i < 50; i += 1) live.see(answered());
    // One that was begun before may end now; nothing is begun.
    expect(live.pictures).toBe(drawn);
  });

  it('skip what a viewer that never reads does not take, and go on for the others', async () => {
    await new Promise<void>((resolve) => {
      const port = Number(new URL(http.url).port);
      const socket = connect(port, '127.0.0.1', () => {
        socket.pause();
        socket.write('GET /v1/streams/one/live HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n', () => resolve());
      });
      open.push(socket);
    });
    await until('it looks', () => live.viewers === 1);
    const { pictures } = await watch();
    const before = process.memoryUsage().arrayBuffers;
    const seeing = setInterval(() => live.see(answered('one', noise(1280, 720))), 50);
    try {
      await until('many are shown', () => pictures.length >= 12);
    } finally {
      clearInterval(seeing);
    }
    const length = pictures.reduce((sum, picture) => sum + picture.length, 0);
    expect(live.viewers).toBe(2);
    // What the other one keeps here, and no more than a few pictures for the one that reads nothing.
    const grown = process.memoryUsage().arrayBuffers - before;
    expect(grown).toBeLessThan(2 * length + 64e6);
  });

  it('are refused to more than may look at once', async () => {
    await Promise.all(Array.from({ length: MAX_VIEWERS }, (_, i) => watch(i % 2 ? 'one' : 'two')));
    const answer = await fetch(`${http.url}/v1/streams/three/live`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.json()).toMatchObject({ code: 'too-many-viewers' });
  });

  it('survive a frame that is no image', async () => {
    const { pictures } = await watch();
    live.see(answered('one', { kind: 'image', bytes: Buffer.from('no image'), mediaType: 'image/png' }));
    live.see(answered('one', { kind: 'tensor', data: new Float32Array(3) }));
    await keepSeeing(() => pictures.length >= 1);
  });

  it('do not hold up the end of the agent', async () => {
    const { response } = await watch();
    const ended = new Promise<void>((resolve) => response.on('close', () => resolve()));
    live.close();
    await http.close();
    await ended;
  });
});

describe('a single picture', () => {
  const ask = (stream = 'one'): Promise<Response> => fetch(`${http.url}/v1/streams/${stream}/snapshot.jpg`);

  it('is that of the next frame, then that of the newest', async () => {
    const first = ask();
    await keepSeeing(() => live.pictures === 1);
    const answer = await first;
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect(await decodePixels(new Uint8Array(await answer.arrayBuffer()))).toMatchObject({ width: 480 });
    live.see(answered());
    const again = await Promise.all([ask(), ask()]);
    expect(again.map(({ status }) => status)).toEqual([200, 200]);
    expect(live.pictures).toBe(2);
  });

  it('is refused where there is none', async () => {
    const none = await ask();
    expect([none.status, (await none.json()) as unknown]).toMatchObject([504, { code: 'no-frame' }]);
    const unknown = await ask('four');
    expect([unknown.status, (await unknown.json()) as unknown]).toMatchObject([
      404,
      { code: 'unknown-stream', detail: 'this device has no stream "four"; there are one, two, three' },
    ]);
    const asked = ask('two');
    await until('it waits', () => {
      live.see(answered('two', { kind: 'image', bytes: Buffer.from('no image'), mediaType: 'image/png' }));
      return decoded > 0;
    });
    expect((await asked).status).toBe(422);
  });
});
