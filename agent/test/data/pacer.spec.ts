import { describe, expect, it } from 'vitest';
import { Pacer, type PacerClock } from '../../src/data/streams/pacer.js';

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
