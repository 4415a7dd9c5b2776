import { describe, expect, it } from 'vitest';
import { IdleRuns } from '../../src/benchmark/idle-runs.js';
import { FrameActivity } from '../../src/data/frame-activity.js';
import { FrameRing } from '../../src/data/frame-ring.js';
import { DecodedFrame } from '../../src/data/decoded-frame.js';
import { ImageDecoder } from '@hamon/inference';
import { bundleDocument } from '@hamon/testing';
import { hangingOn } from '../support/hanging-on.js';

const INPUT = new Uint8Array(1);

/** A model whose runs do to the device what a test wants; the n-th takes n milliseconds. */
function fakeHost(during: (run: number) => void) {
  let runs = 0;
  return {
    get runs() {
      return runs;
    },
    run: async () => {
      runs += 1;
      const runMs = runs;
      during(runMs);
      await Promise.resolve();
      return { tensors: new Map(), runMs };
    },
  };
}

describe('idle runs', () => {
  it('are measured after the warm-up, in order', async () => {
    const runs = new IdleRuns(new FrameActivity(), new AbortController().signal);
    expect(
      await runs.block(
        fakeHost(() => undefined),
        [INPUT],
        { runs: 3, warmupRuns: 2 },
      ),
    ).toEqual([3, 4, 5]);
  });

  it('that a frame overlapped are repeated, once the caches are warm again', async () => {
    const activity = new FrameActivity();
    const host = fakeHost((run) => {
      if (run === 2) activity.begin()();
    });
    const runs = new IdleRuns(activity, new AbortController().signal);
    expect(await runs.block(host, [INPUT], { runs: 3, warmupRuns: 0 })).toEqual([1, 5, 6]);
  });

  it('begin only when no frame is under way', async () => {
    const activity = new FrameActivity();
    const host = fakeHost(() => expect(activity.isIdle).toBe(true));
    const ends = [activity.begin(), activity.begin()];
    const runs = new IdleRuns(activity, new AbortController().signal);
    const block = runs.block(host, [INPUT], { runs: 1, warmupRuns: 0 });
    ends[0]!();
    await new Promise((resolve) => setImmediate(resolve));
    expect(host.runs).toBe(0);
    ends[1]!();
    await block;
    expect(host.runs).toBe(1);
  });

  it('end with their signal, waiting or not', async () => {
    const activity = new FrameActivity();
    const aborter = new AbortController();
    const runs = new IdleRuns(activity, aborter.signal);
    activity.begin();
    const waiting = runs.run(
      fakeHost(() => undefined),
      INPUT,
    );
    aborter.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(
      runs.block(
        fakeHost(() => undefined),
        [INPUT],
        { runs: 1, warmupRuns: 0 },
      ),
    ).rejects.toThrow('enough');
  });
});

describe('the ring of frames', () => {
  const frame = (): DecodedFrame =>
    new DecodedFrame(
      { kind: 'tensor', data: new Float32Array(64) },
      bundleDocument().input,
      new ImageDecoder(),
    );

  it('holds the last ones, within its frames and its bytes', () => {
    const ring = new FrameRing({ maxFrames: 3, maxBytes: 100 });
    const frames = Array.from({ length: 5 }, frame);
    for (const one of frames) ring.add(one, 10);
    expect(ring.frames).toEqual(frames.slice(2));
    const big = frame();
    ring.add(big, 85);
    expect(ring.frames).toEqual([frames[4], big]);
    ring.add(frame(), 101);
    expect(ring.frames).toEqual([frames[4], big]);
    ring.clear();
    expect(ring.frames).toEqual([]);
  });

  it('is waited for until it holds enough, or no longer', async () => {
    const ring = new FrameRing({ maxFrames: 3, maxBytes: 100 });
    const aborter = new AbortController();
    const gathered = ring.gather(2, 60_000, aborter.signal);
    const frames = [frame(), frame()];
    for (const one of frames) ring.add(one, 1);
    expect(await gathered).toEqual(frames);
    expect(await ring.gather(1, 60_000, aborter.signal)).toEqual(frames);
    expect(await ring.gather(3, 1, aborter.signal)).toEqual(frames);
    expect(hangingOn(aborter.signal)).toBe(0);
    const vain = ring.gather(3, 60_000, aborter.signal);
    aborter.abort(new Error('enough'));
    await expect(vain).rejects.toThrow('enough');
  });
});
