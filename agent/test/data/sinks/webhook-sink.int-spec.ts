import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResultRecord } from '@hamon/contracts';
import { signWebhook } from '@hamon/trust';
import { WebhookReceiver } from '../../../src/data/sinks/webhook/post-webhook.js';
import { WebhookSink, type WebhookSinkOptions } from '../../../src/data/sinks/webhook/webhook-sink.js';
import { hangingOn } from '../../support/hanging-on.js';
import { until } from '../support/until.js';
import { record, told } from './support.js';

const KEY = randomBytes(32);

interface Post {
  readonly id: string;
  readonly frame: string;
  readonly path: string;
}

/** A receiver that checks each signature and answers as the test says. */
class Receiver {
  readonly posts: Post[] = [];
  forged = 0;
  /** Of the n-th attempt, from 0; by itself 204. */
  answer: (response: ServerResponse, attempt: number) => void = (response) => response.writeHead(204).end();
  private server: Server | undefined;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  get frames(): string[] {
    return this.posts.map(({ frame }) => frame);
  }

  async open(): Promise<void> {
    const server = createServer((request, response) => void this.take(request, response));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const id = String(request.headers['webhook-id']);
    const at = new Date(Number(request.headers['webhook-timestamp']) * 1000);
    const { 'webhook-signature': expected } = signWebhook(KEY, id, at, body);
    const isFresh = Math.abs(Date.now() - at.getTime()) < 300_000;
    if (request.headers['webhook-signature'] !== expected || !isFresh) this.forged += 1;
    const { frame = '' } = JSON.parse(body.toString('utf8')) as ResultRecord;
    this.posts.push({ id, frame, path: request.url ?? '' });
    this.answer(response, this.posts.length - 1);
  }
}

let folder: string;
let receiver: Receiver;
let news: ReturnType<typeof told>;
let sinks: WebhookSink[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hamon-webhook-'));
  receiver = new Receiver();
  await receiver.open();
  news = told();
  sinks = [];
});
afterEach(async () => {
  await Promise.all(sinks.map((sink) => sink.close()));
  await receiver.close();
  expect(receiver.forged).toBe(0);
  await rm(folder, { recursive: true });
});

function newSink(options: Partial<WebhookSinkOptions> = {}, limits = {}): WebhookSink {
  const sink = new WebhookSink({
    ...{ url: receiver.url, key: () => Promise.resolve(KEY), timeoutMs: 5000, now: () => new Date() },
    store: { folder: join(folder, 'store'), maxRecords: 1000, maxBytes: 1e6, ...limits },
    ...{ tellCondition: news.tellCondition, onEvent: news.onEvent },
    ...{ backoff: { firstMs: 5, maxMs: 20 }, ...options },
  });
  sinks.push(sink);
  return sink;
}

const named = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `${from + i}.png`);
const writeAll = (sink: WebhookSink, from: number, to: number): void => {
  for (let i = from; i < to; i += 1) sink.write(record(i));
};
const stored = (): Promise<string[]> => readdir(join(folder, 'store'));

describe('WebhookSink', () => {
  it('posts each record once, signed and in order, and leaves nothing on the disk', async () => {
    const sink = newSink();
    writeAll(sink, 0, 50);
    await until('all are there', () => receiver.posts.length === 50);
    expect(receiver.frames).toEqual(named(0, 50));
    expect(receiver.posts[7]!.id).toBe(record(7).id);
    // The receiver has the last one before its answer is here.
    await expect.poll(stored).toEqual([]);
    await sink.close();
    expect([sink.dropped, news.standing.size, news.events.length]).toEqual([0, 0, 0]);
  });

  it('leaves nothing of an attempt on the signal of a sink that goes on', async () => {
    const to = new WebhookReceiver(new URL(receiver.url), 5000);
    const { signal } = new AbortController();
    const body = Buffer.from('{}');
    for (let i = 0; i < 5; i += 1) {
      const headers = signWebhook(KEY, `${i}`, new Date(), body);
      expect(await to.post(headers, body, signal)).toMatchObject({ kind: 'taken' });
    }
    expect(hangingOn(signal)).toBe(0);
    to.close();
  });

  it('sends a record again, as the same one, until it is taken', async () => {
    const answers = [500, 503, 408, 425, 429];
    receiver.answer = (response, attempt) => response.writeHead(answers[attempt] ?? 200).end();
    const sink = newSink();
    writeAll(sink, 0, 2);
    await until('both are taken', () => receiver.posts.length === 7);
    expect(new Set(receiver.posts.slice(0, 6).map(({ id }) => id)).size).toBe(1);
    expect(receiver.frames.slice(5)).toEqual(['0.png', '1.png']);
    await until('no trouble is left', () => news.standing.size === 0);
    expect(sink.dropped).toBe(0);
  });

  it('says what a receiver answers while it takes nothing', async () => {
    receiver.answer = (response) => response.writeHead(500).end('x'.repeat(100_000));
    const sink = newSink();
    sink.write(record(0));
    await until('it is told', () => news.standing.has('results-waiting'));
    expect(news.standing.get('results-waiting')).toBe(`${receiver.url}: the receiver answered 500`);
    expect(news.events).toEqual([]);
  });

  it('gives up on a receiver that hangs, and on one that never ends its answer', async () => {
    const ways: ((response: ServerResponse) => void)[] = [
      () => undefined,
      (response) => void response.writeHead(200).write('and so on'),
    ];
    receiver.answer = (response, attempt) => (ways[attempt] ?? ((r) => r.writeHead(200).end()))(response);
    const sink = newSink({ timeoutMs: 150 });
    writeAll(sink, 0, 3);
    await until('the third is there', () => receiver.frames.includes('2.png'));
    // The first attempt had no answer; the second one's status was the answer.
    expect(receiver.frames).toEqual(['0.png', '0.png', '1.png', '2.png']);
  });

  it.each([301, 302, 303, 307, 308])(
    'follows no redirect (%d) to where nobody configured',
    async (status) => {
      const inside = new Receiver();
      await inside.open();
      try {
        receiver.answer = (response, attempt) =>
          attempt < 3
            ? response.writeHead(status, { location: inside.url }).end()
            : response.writeHead(204).end();
        const sink = newSink();
        sink.write(record(0));
        await until('it is taken', () => receiver.posts.length === 4);
        expect(inside.posts).toEqual([]);
        await sink.close();
        expect(sink.dropped).toBe(0);
      } finally {
        await inside.close();
      }
    },
  );

  it.each([400, 401, 404, 410, 413, 422])(
    'drops what a receiver refuses with %d, and says so',
    async (status) => {
      receiver.answer = (response, attempt) => response.writeHead(attempt === 1 ? status : 204).end();
      const sink = newSink();
      writeAll(sink, 0, 2);
      await until('the second is refused', () => sink.dropped === 1);
      expect(news.standing.get('results-dropped')).toContain(`the receiver answered ${status}`);
      expect(news.events).toMatchObject([{ kind: 'records-dropped' }]);
      sink.write(record(2));
      await until('the trouble is over', () => news.standing.size === 0);
      expect(receiver.frames).toEqual(['0.png', '1.png', '2.png']);
    },
  );

  it('comes back when a receiver says so', async () => {
    const times: number[] = [];
    receiver.answer = (response, attempt) => {
      times.push(performance.now());
      if (attempt === 0) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.writeHead(204).end();
    };
    newSink().write(record(0));
    await until('it came back', () => times.length === 2);
    expect(times[1]! - times[0]!).toBeGreaterThan(900);
  });

  it('keeps records while a receiver is down, over restarts of the agent', async () => {
    await receiver.close();
    const first = newSink();
    writeAll(first, 0, 30);
    await until('it is told', () => news.standing.get('results-waiting')?.includes('ECONNREFUSED') ?? false);
    await first.close();
    expect(await stored()).toHaveLength(30);
    // Killed while it wrote: half a record under another name.
    await writeFile(join(folder, 'store', '000000000031-record.part'), '{"half');
    const second = newSink();
    writeAll(second, 30, 40);
    await second.close();
    await receiver.open();
    const third = newSink();
    await until('all are there', () => receiver.posts.length >= 40);
    expect(receiver.frames).toEqual(named(0, 40));
    await expect.poll(stored).toEqual([]);
    await third.close();
  });

  it('drops the oldest where its store is full, counted, and tells it once', async () => {
    await receiver.close();
    const sink = newSink({}, { maxRecords: 10 });
    writeAll(sink, 0, 25);
    await until('fifteen are dropped', () => sink.dropped === 15);
    expect(news.standing.get('results-dropped')).toContain('its store is full');
    expect(news.events).toHaveLength(1);
    await receiver.open();
    await until('the others are there', () => receiver.posts.length >= 10);
    expect(receiver.frames.slice(-10)).toEqual(named(15, 25));
    await until('no trouble is left', () => news.standing.size === 0);
  });

  it('is bounded in bytes on the disk', async () => {
    await receiver.close();
    const length = Buffer.byteLength(JSON.stringify(record(0)));
    const sink = newSink({}, { maxBytes: 5 * length + 1 });
    writeAll(sink, 0, 9);
    await until('four are dropped', () => sink.dropped === 4);
    await sink.close();
    expect(await stored()).toHaveLength(5);
  });

  it('bounds what waits for the disk, and loses no count', async () => {
    await receiver.close();
    const sink = newSink({}, { maxRecords: 100_000, maxBytes: 1e9 });
    const large = { label: 'good', confidence: 1, probabilities: new Array<number>(20_000).fill(0.5) };
    const { result } = record(0);
    for (let i = 0; i < 200; i += 1) sink.write(record(i, { result: { ...result!, output: large } }));
    const droppedAtOnce = sink.dropped;
    expect(droppedAtOnce).toBeGreaterThan(0);
    await sink.close();
    expect((await stored()).length + sink.dropped).toBe(200);
  });

  it('goes on in memory where its store cannot be used', async () => {
    await writeFile(join(folder, 'store'), 'no folder');
    const sink = newSink();
    await until('it is told', () => news.standing.get('results-dropped')?.includes('EEXIST') ?? false);
    writeAll(sink, 0, 3);
    await until('all are there', () => receiver.posts.length === 3);
    await until('no trouble is left', () => news.standing.size === 0);
    expect(sink.dropped).toBe(0);
    await rm(join(folder, 'store'));
  });

  it('waits for a secret that is missing, and uses the one that is there at each attempt', async () => {
    const held: { secret?: Buffer } = {};
    const sink = newSink({
      key: () =>
        held.secret
          ? Promise.resolve(held.secret)
          : Promise.reject(new Error('the secret "line" is missing')),
    });
    sink.write(record(0));
    await until('it is told', () => news.standing.has('results-waiting'));
    expect(news.standing.get('results-waiting')).toContain('the secret "line" is missing');
    held.secret = KEY;
    await until('it is sent', () => receiver.posts.length === 1);
  });

  it('ends at once, whatever its receiver does', async () => {
    receiver.answer = () => undefined;
    const sink = newSink({ timeoutMs: 60_000 });
    sink.write(record(0));
    await until('it is sent', () => receiver.posts.length === 1);
    await sink.close();
    expect(await stored()).toHaveLength(1);
    sink.write(record(1));
    expect(sink.dropped).toBe(1);
  });
});
