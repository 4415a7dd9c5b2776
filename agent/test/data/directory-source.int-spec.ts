import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Conditions } from '../../src/conditions.js';
import type { DataEvent } from '../../src/data/data-events.js';
import { FrameRouter } from '../../src/data/frame-router.js';
import { DEFAULT_DEVICE_POLICY, type ResultRecord } from '@hamon/contracts';
import { DirectorySource } from '../../src/data/sources/directory-source.js';
import { FrameCounters } from '../../src/data/frame-counters.js';
import { StreamOutlet } from '../../src/data/outlets/stream-outlet.js';
import { Pacer } from '../../src/data/streams/pacer.js';
import { playFrames } from '../../src/data/streams/play-frames.js';
import { Stream } from '../../src/data/streams/stream.js';
import { hangingOn } from '../support/hanging-on.js';
import { image, startModel, stopModels, type StartedModel } from './support/example-models.js';
import { until } from './support/until.js';

const policy = {
  ...DEFAULT_DEVICE_POLICY,
  fallback: { ...DEFAULT_DEVICE_POLICY.fallback, enabled: false },
};

let folder: string;
let events: DataEvent[];
let conditions: Conditions;
let records: ResultRecord[];

function newRouter(): FrameRouter {
  const sink = {
    name: 'memory',
    dropped: 0,
    write: (record: ResultRecord) => void records.push(record),
    close: () => Promise.resolve(),
  };
  const outlet = new StreamOutlet('main', () => new Date());
  outlet.use({ sinks: [sink] });
  return new FrameRouter({
    telemetry: { device: 'camera', onWindow: () => undefined },
    outletOf: () => outlet,
  });
}

function start(
  router: FrameRouter,
  framesPerSecond: number,
  shuffleSeed = 1,
  path = folder,
): { stop(): Promise<void> } {
  const source = new DirectorySource({
    ...{ path, shuffleSeed, tellCondition: conditions.tell },
    onEvent: (event) => void events.push(event),
  });
  const door = new Stream({
    ...{ name: 'main', router: () => router, unassigned: new FrameCounters() },
    outlet: { put: () => undefined },
  });
  const pace = new Pacer({
    ...{ framesPerSecond, isWatched: () => door.isWatched },
    onMissed: (frames) => door.skip(frames),
  });
  const leaving = new AbortController();
  const ended = playFrames(
    { reader: source.reader(), pace, door, region: undefined, kept: () => Promise.resolve() },
    leaving.signal,
  );
  return {
    stop: async () => {
      leaving.abort();
      await ended;
    },
  };
}

async function play(model: StartedModel, shuffleSeed: number, frames: number): Promise<string[]> {
  records = [];
  const router = newRouter();
  router.setActive(model, policy);
  const source = start(router, 200, shuffleSeed);
  await until(`${frames} frames`, () => records.length >= frames);
  await source.stop();
  return records.slice(0, frames).map(({ frame }) => frame ?? '');
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hamon-source-'));
  events = [];
  conditions = new Conditions(
    () => new Date(),
    () => undefined,
  );
  records = [];
  for (let i = 0; i < 8; i += 1) {
    await mkdir(join(folder, `class-${i % 2}`), { recursive: true });
    await writeFile(join(folder, `class-${i % 2}`, `${i}.png`), image(i).bytes);
  }
});
afterEach(async () => {
  await stopModels();
  await rm(folder, { recursive: true });
});

describe('directory source', () => {
  it('plays every image once a loop, in an order of the seed that changes from loop to loop', async () => {
    const model = await startModel('1.0.0');
    const played = await play(model, 1, 16);
    expect(new Set(played.slice(0, 8)).size).toBe(8);
    expect(new Set(played.slice(8)).size).toBe(8);
    expect(played.slice(0, 8)).not.toEqual(played.slice(8));
    expect(await play(model, 1, 16)).toEqual(played);
    expect(await play(model, 2, 16)).not.toEqual(played);
    expect(events).toEqual([]);
  });

  it('leaves nothing on the signal of a stream that goes on', async () => {
    const source = new DirectorySource({
      ...{ path: folder, shuffleSeed: 1, tellCondition: conditions.tell },
      onEvent: (event) => void events.push(event),
    });
    const { signal } = new AbortController();
    for (let i = 0; i < 20; i += 1) expect(await source.next(signal)).not.toBeNull();
    expect(hangingOn(signal)).toBe(0);
  });

  it('tells each unreadable file once and plays on', async () => {
    await writeFile(join(folder, 'class-0', 'broken.png'), image(0).bytes.subarray(0, 200));
    await writeFile(join(folder, 'text.jpg'), 'no image at all');
    await writeFile(join(folder, 'notes.txt'), 'left alone');
    await symlink('/dev/zero', join(folder, 'endless.png'));
    const played = await play(await startModel('1.0.0'), 1, 40);
    expect(played.filter((name) => name.endsWith('7.png')).length).toBeGreaterThanOrEqual(2);
    expect(events.map(({ kind }) => kind)).toEqual(['source-unreadable', 'source-unreadable']);
    expect(events.map(({ detail }) => detail).sort()).toEqual([
      expect.stringContaining('class-0/broken.png: image: '),
      'source: text.jpg: is neither PNG nor JPEG',
    ]);
  });

  it('says that a folder is empty or missing, once, and stops at once', async () => {
    const router = newRouter();
    router.setActive(await startModel('1.0.0'), policy);
    const source = start(router, 100, 1, join(folder, 'nowhere'));
    await until('the event', () => events.length > 0);
    expect(conditions.list()).toMatchObject([{ code: 'source-unreadable' }]);
    await source.stop();
    expect(events).toHaveLength(1);
    expect(events[0]!.detail).toContain('ENOENT');
  });

  it('has none ready, and keeps no place before a model, while the folder is empty', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    const source = new DirectorySource({
      ...{ path: empty, shuffleSeed: 1, tellCondition: conditions.tell },
      onEvent: (event) => void events.push(event),
    });
    let isReady = false;
    const ready = source.ready(new AbortController().signal).then(() => (isReady = true));
    await until('it is said', () => events.length > 0);
    expect(isReady).toBe(false);
    source.close();
    await ready;
    expect(await source.next(new AbortController().signal)).toBeNull();
  });

  it('counts what is no frame as a frame that was refused', async () => {
    for (let i = 0; i < 2; i += 1) await writeFile(join(folder, `text-${i}.jpg`), 'no image at all');
    const router = newRouter();
    router.setActive(await startModel('1.0.0'), policy);
    const source = start(router, 200);
    await until('some loops', () => router.counters().accepted >= 16);
    await source.stop();
    const { accepted, undecodable, rejected, mismatched } = router.counters();
    expect(undecodable).toBe(rejected);
    expect(mismatched).toBe(0);
    expect(undecodable).toBeGreaterThanOrEqual(2);
    expect(undecodable).toBeLessThan(accepted);
  });

  it('says that a folder went away, plays on when it is back, and withdraws the trouble', async () => {
    const router = newRouter();
    router.setActive(await startModel('1.0.0'), policy);
    const source = start(router, 500);
    await until('frames', () => router.counters().answered > 8);
    const away = `${folder}-away`;
    await rename(folder, away);
    await until('it to be said', () => conditions.list()[0]?.code === 'source-unreadable');
    const { answered } = router.counters();
    await rename(away, folder);
    await until('frames again', () => router.counters().answered > answered + 8);
    expect(conditions.list()).toEqual([]);
    await source.stop();
  });

  it('waits for the first model without skipping, then counts the frames that fell due in vain', async () => {
    const router = newRouter();
    const source = start(router, 50);
    expect(router.counters()).toMatchObject({ accepted: 0, skipped: 0, rejected: 0 });
    const model = await startModel('1.0.0');
    process.kill(model.host.pid!, 'SIGSTOP');
    router.setActive(model, policy);
    await until('a frame in the child', () => model.host.pendingRuns === 1);
    // One in flight: whatever else falls due is left out.
    const heldAt = performance.now();
    await until('some time to pass', () => performance.now() - heldAt > 200);
    expect(model.host.pendingRuns).toBe(1);
    process.kill(model.host.pid!, 'SIGCONT');
    await until('the skipped ones counted', () => router.counters().skipped >= 5);
    await source.stop();
    const { accepted, answered } = router.counters();
    expect(accepted).toBe(answered);
    expect(records).toHaveLength(answered);
  });
});
