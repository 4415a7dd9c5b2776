import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FrameDoor } from '../../src/data/frame-door.js';
import type { FrameReader } from '../../src/data/sources/frame-source.js';
import { LiveFrames } from '../../src/data/sources/live-frames.js';
import { Pacer, type PacerClock } from '../../src/data/streams/pacer.js';
import { playFrames } from '../../src/data/streams/play-frames.js';
import { label } from './support/records.js';
import { numbered } from './support/numbered-frames.js';

/** Time passes only where the pacer sleeps, or a test says so. */
class FakeClock implements PacerClock {
  now = 0;
  readonly slept: number[] = [];
  onSleep: () => void = () => undefined;

  nowMs(): number {
    return this.now;
  }

  async sleep(ms: number): Promise<void> {
    if (ms > 0) {
      this.now += ms;
      this.slept.push(ms);
    }
    this.onSleep();
  }
}

const never = new AbortController().signal;

function scene(framesPerSecond = 10) {
  const clock = new FakeClock();
  const missed: number[] = [];
  const watch = { isOn: true };
  const pacer = new Pacer({
    ...{ framesPerSecond, clock },
    isWatched: () => watch.isOn,
    onMissed: (frames) => missed.push(frames),
  });
  return { clock, missed, watch, pacer };
}

describe('a pacer', () => {
  it('lets the first frame come at once, and the others at their rate', async () => {
    const { clock, missed, pacer } = scene();
    for (let i = 0; i < 3; i += 1) await pacer.due(never);
    expect(clock.slept).toEqual([100, 100]);
    expect(missed).toEqual([]);
  });

  it('does not drift where a frame takes a part of its period', async () => {
    const { clock, pacer } = scene();
    await pacer.due(never);
    clock.now += 30;
    await pacer.due(never);
    expect(clock.now).toBe(100);
  });

  it('tells of the frames that fell due while one was under way, and goes on in step', async () => {
    const { clock, missed, pacer } = scene();
    await pacer.due(never);
    clock.now += 450;
    await pacer.due(never);
    expect(missed).toEqual([3]);
    expect(clock.now).toBe(450);
    await pacer.due(never);
    expect(clock.now).toBe(500);
  });

  it('misses nothing while nobody watches', async () => {
    const { clock, missed, watch, pacer } = scene();
    watch.isOn = false;
    clock.onSleep = () => {
      if (clock.now >= 1000) watch.isOn = true;
    };
    await pacer.due(never);
    expect(clock.now).toBe(1000);
    expect(missed).toEqual([]);
  });

  it('ends where it is told to', async () => {
    const { watch, pacer } = scene();
    watch.isOn = false;
    await pacer.due(AbortSignal.abort());
  });
});

interface Shown {
  /** Of the camera. */
  readonly everyMs: number;
  readonly framesPerSecond: number;
  readonly modelMs: number;
  /** Until the model has a place. */
  readonly placeMs?: number;
  /** The camera shows nothing. */
  readonly away?: { readonly fromMs: number; readonly toMs: number };
  readonly forMs: number;
}

/** A camera at work in a time of its own, which passes where somebody waits. Counts what became of its frames. */
async function shown({ everyMs, framesPerSecond, modelMs, placeMs = 0, away, forMs }: Shown) {
  const [clock, live, ending] = [new FakeClock(), new LiveFrames(), new AbortController()];
  const count = { answered: 0, skipped: 0 };
  let shownMs = 0;
  const showDue = (): void => {
    for (; shownMs + everyMs <= clock.now; shownMs += everyMs) {
      const at = shownMs + everyMs;
      if (!away || at < away.fromMs || at >= away.toMs) live.push(numbered(at));
    }
    if (clock.now >= forMs) ending.abort();
  };
  const pass = (ms: number): void => {
    clock.now += ms;
    showDue();
  };
  clock.onSleep = showDue;
  const reader = live.reader();
  const waited: FrameReader = {
    ...{ next: (signal) => reader.next(signal), close: () => reader.close() },
    ...{ latest: (signal) => reader.latest(signal), fresh: (signal) => reader.fresh(signal) },
    ready: async (signal) => {
      let isReady = false;
      const ready = reader.ready(signal).then(() => (isReady = true));
      for (await turn(); !isReady; await turn()) pass(1);
      await ready;
    },
  };
  const door: FrameDoor = {
    isWatched: true,
    enter: () => {
      pass(placeMs);
      const infer = () => {
        count.answered += 1;
        pass(modelMs);
        return Promise.resolve({ ok: true, value: label('ok', 1).result! } as const);
      };
      return Promise.resolve({ infer, leave: () => undefined });
    },
    skip: (frames = 1) => void (count.skipped += frames),
    rejectUnreadable: () => undefined,
  };
  const pace = new Pacer({ framesPerSecond, clock, isWatched: () => true });
  await playFrames({ reader: waited, pace, door, region: undefined }, ending.signal);
  return count;
}

describe('a camera at a pace', () => {
  it('misses nothing where it shows less than is asked for', async () => {
    const slow = { everyMs: 100, framesPerSecond: 50, forMs: 1000 };
    expect(await shown({ ...slow, modelMs: 1 })).toEqual({ answered: 9, skipped: 0 });
    expect(await shown({ ...slow, modelMs: 90 })).toEqual({ answered: 9, skipped: 0 });
  });

  it('misses nothing while it is away', async () => {
    const away = { fromMs: 500, toMs: 60_500 };
    const count = await shown({ ...{ everyMs: 40, framesPerSecond: 5, modelMs: 10, away }, forMs: 61_500 });
    expect(count.skipped).toBe(0);
    expect(count.answered).toBeGreaterThanOrEqual(6);
  });

  it('misses nothing between two frames that are due', async () => {
    const count = await shown({ everyMs: 20, framesPerSecond: 5, modelMs: 10, forMs: 1990 });
    expect(count).toEqual({ answered: 10, skipped: 0 });
  });

  it('misses what came and was due while the model was slow, or had no place', async () => {
    const fast = { everyMs: 20, framesPerSecond: 5, forMs: 10_010 };
    const slowModel = await shown({ ...fast, modelMs: 1000 });
    expect(slowModel.answered).toBe(10);
    expect(slowModel.skipped).toBe(9 * 4);
    const noPlace = await shown({ ...fast, modelMs: 0, placeMs: 1000 });
    expect(noPlace.skipped).toBeGreaterThanOrEqual(9 * 4 - 1);
  });

  it('misses no more than came', async () => {
    const count = await shown({ everyMs: 100, framesPerSecond: 50, modelMs: 1000, forMs: 10_050 });
    expect(count.answered + count.skipped).toBeLessThanOrEqual(100);
    expect(count.skipped).toBeGreaterThanOrEqual(9 * 8);
  });
});
