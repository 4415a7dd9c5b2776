import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { nodeDisk } from '@hamon/content';
import { temporaryFolder } from '@hamon/testing';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SampleClient, type SampleClientOptions } from '../../src/samples/sample-client.js';
import { SampleFiles } from '../../src/samples/sample-files.js';
import { SampleStore } from '../../src/samples/sample-store.js';
import { SampleUploader } from '../../src/samples/sample-uploader.js';
import { UploadBudget } from '../../src/samples/upload-budget.js';
import { hangingOn } from '../support/hanging-on.js';
import { until } from '../support/until.js';
import { SampleServer } from './sample-server.js';
import { QUOTA, sampleMeta } from './support.js';

let server: SampleServer;
let serverUrl: string;
let folder: string;
let store: SampleStore;
let now: Date;
let isAtRest: boolean;
const uploaders: SampleUploader[] = [];
beforeEach(async () => {
  server = new SampleServer();
  serverUrl = await server.listen();
  folder = await temporaryFolder();
  now = new Date('2026-11-29T12:00:00Z');
  isAtRest = true;
  store = await openStore();
});
afterEach(async () => {
  await Promise.all(uploaders.splice(0).map((uploader) => uploader.stop()));
  await server.close();
});

const openStore = (): Promise<SampleStore> =>
  SampleStore.open({
    files: new SampleFiles(join(folder, 'samples'), nodeDisk),
    quota: () => QUOTA,
    freeBytes: () => Promise.resolve(1e12),
    now: () => now,
  });

async function start(client: Partial<SampleClientOptions> = {}): Promise<SampleUploader> {
  const uploader = new SampleUploader({
    ...{ store, isAtRest: () => isAtRest, now: () => now, log: pino({ level: 'silent' }) },
    client: new SampleClient({ serverUrl, token: () => Promise.resolve('token'), ...client }),
    budget: await UploadBudget.open(join(folder, 'upload.json')),
    activity: { whenIdle: () => Promise.resolve() },
    random: () => 0,
    waits: { policyMs: 100, lookMs: 5, backoff: { firstMs: 10, maxMs: 50 } },
  });
  uploaders.push(uploader);
  uploader.start();
  return uploader;
}

async function keep(bytes: number, hour = 10): Promise<string> {
  const picture = randomBytes(bytes);
  const meta = sampleMeta(picture, { at: `2026-11-29T${String(hour).padStart(2, '0')}:00:00.000Z` });
  await store.add(meta, picture);
  return meta.id;
}

const takenIds = (): string[] => server.taken.map(({ meta }) => meta.id);

describe('sending kept pictures', () => {
  it('begins with the oldest, each once, and goes on after a restart where it was', async () => {
    const wanted = [await keep(100, 1), await keep(200, 2), await keep(300, 3)];
    const uploader = await start();
    await until('all', () => server.taken.length === 3 && store.unsent === 0);
    expect(takenIds()).toEqual(wanted);
    expect(uploader.sent).toEqual({ pictures: 3, bytes: 600, refused: 0 });
    await uploader.stop();
    store = await openStore();
    const fourth = await keep(50, 4);
    await start();
    await until('the next one', () => server.taken.length === 4);
    expect(takenIds().at(-1)).toBe(fourth);
  });

  it.each([
    ['says nothing of it', { upload: false, maxBytesPerDeviceDay: 1e9 }],
    ['knows no samples', 404],
    ['is in trouble', 500],
  ])('does not happen where the fleet %s', async (_, policy) => {
    server.policy = policy;
    await keep(100);
    const uploader = await start();
    await until('it was asked twice', () => server.asked >= 2);
    expect([server.puts, store.unsent]).toEqual([0, 1]);
    server.policy = { upload: true, maxBytesPerDeviceDay: 1e9 };
    await until('it is allowed', () => server.taken.length === 1);
    expect(uploader.isAllowed).toBe(true);
  });

  it('nobody is asked for leave where there is nothing to send, or something better to do', async () => {
    await start();
    isAtRest = false;
    await keep(100);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([server.asked, server.puts]).toEqual([0, 0]);
    isAtRest = true;
    await until('it is sent', () => server.taken.length === 1);
  });

  it('leaves nothing of a request on the signal of an agent that goes on', async () => {
    const client = new SampleClient({ serverUrl, token: () => Promise.resolve('token') });
    const { signal } = new AbortController();
    const picture = randomBytes(100);
    expect(await client.policy(signal)).toMatchObject({ upload: true });
    expect(await client.send(sampleMeta(picture), picture, signal)).toEqual({ state: 'taken' });
    expect(hangingOn(signal)).toBe(0);
  });

  it('stays within the bytes of a day, over restarts too, and goes on the next day', async () => {
    server.policy = { upload: true, maxBytesPerDeviceDay: 16_000 };
    for (let hour = 1; hour <= 4; hour += 1) await keep(5000, hour);
    const small = await keep(150, 5);
    const first = await start();
    await until('what fits', () => server.taken.length === 3);
    expect(takenIds().at(-1)).toBe(small);
    await first.stop();
    const asked = server.asked;
    await start();
    await until('it looked', () => server.asked > asked);
    expect(server.taken).toHaveLength(3);
    now = new Date('2026-11-30T00:00:01Z');
    await until('the rest', () => server.taken.length === 5);
  });

  it('keeps to what the control plane says is left of the day', async () => {
    server.policy = { upload: true, maxBytesPerDeviceDay: 1e9, bytesLeftToday: 5000 };
    await keep(400, 1);
    await keep(400, 2);
    await start();
    await until('one', () => server.taken.length === 1);
    server.policy = { upload: true, maxBytesPerDeviceDay: 1e9, bytesLeftToday: 100 };
    const asked = server.asked;
    await until('it was asked again', () => server.asked > asked);
    expect(server.taken).toHaveLength(1);
  });

  it('is tried again where the server fails, and the same sample comes again as it was', async () => {
    let failures = 3;
    server.instead = (_, response) => {
      if (failures-- <= 0) return false;
      if (failures === 1) response.destroy();
      else response.writeHead(503).end();
      return true;
    };
    const id = await keep(100);
    const uploader = await start();
    await until('it is taken', () => server.taken.length === 1);
    expect([server.puts, takenIds()]).toEqual([4, [id]]);
    await until('nothing is amiss', () => uploader.trouble === null);
  });

  it('leaves out what the control plane refuses for good, and sends the others', async () => {
    const [bad, good] = [await keep(100, 1), await keep(100, 2)];
    server.instead = ({ id }, response) => {
      if (id === bad) response.writeHead(422).end();
      return id === bad;
    };
    await start();
    await until('both are settled', () => store.unsent === 0);
    expect([takenIds(), server.puts]).toEqual([[good], 2]);
    store = await openStore();
    expect([store.count, store.unsent]).toEqual([2, 0]);
  });

  it.each<[string, (response: ServerResponse) => void, Partial<SampleClientOptions>]>([
    ['meets a fault each time', (response) => response.writeHead(500).end(), {}],
    ['is too slow each time', (response) => response.writeHead(408).end(), {}],
    ['is not answered in time', () => undefined, { sendWithinMs: 1000 }],
  ])('sets a picture aside until the next day that %s, and sends the others', async (_, fail, client) => {
    const [bad, good] = [await keep(100, 1), await keep(100, 2)];
    server.instead = ({ id }, response) => {
      if (id === bad) fail(response);
      return id === bad;
    };
    await start(client);
    await until('the other one', () => server.taken.length === 1);
    const { asked } = server;
    await until('it was asked again', () => server.asked > asked + 1);
    expect([takenIds(), server.puts, store.unsent]).toEqual([[good], 4, 1]);
    server.instead = () => false;
    now = new Date('2026-11-30T00:00:01Z');
    await until('it is sent too', () => server.taken.length === 2);
    expect(takenIds()).toEqual([good, bad]);
  });

  it('sets nothing aside while there is no connection', async () => {
    let failures = 5;
    server.instead = (_, response) => {
      if (failures-- <= 0) return false;
      response.destroy();
      return true;
    };
    const wanted = [await keep(100, 1), await keep(100, 2)];
    await start();
    await until('both', () => server.taken.length === 2);
    expect([takenIds(), server.puts]).toEqual([wanted, 7]);
  });

  it('stops where the fleet takes its leave back', async () => {
    await keep(100, 1);
    server.instead = (_, response) => {
      server.policy = { upload: false, maxBytesPerDeviceDay: 0 };
      response.writeHead(403).end();
      return true;
    };
    const uploader = await start();
    await until('it knows', () => uploader.isAllowed === false);
    expect([server.puts, store.unsent]).toEqual([1, 1]);
  });
});
