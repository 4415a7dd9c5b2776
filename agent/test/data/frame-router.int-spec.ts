import { afterEach, describe, expect, it } from 'vitest';
import {
  DEFAULT_DEVICE_POLICY,
  type DevicePolicy,
  type ExpectationOf,
  type TelemetryWindow,
} from '@hamon/contracts';
import { FrameRouter } from '../../src/data/frame-router.js';
import type { FrameOutcome } from '../../src/data/frame.js';
import { image, startModel, stopModels, type StartedModel } from './support/example-models.js';
import { until } from './support/until.js';

const policy: DevicePolicy = {
  ...DEFAULT_DEVICE_POLICY,
  fallback: { ...DEFAULT_DEVICE_POLICY.fallback, enabled: false },
};

function makeRouter(maxInFlight = 4) {
  const windows: TelemetryWindow[] = [];
  const telemetry = { device: 'camera', onWindow: (window: TelemetryWindow) => void windows.push(window) };
  return { router: new FrameRouter({ telemetry, maxInFlight }), windows };
}

/** Of a golden sample, as its version was trained to answer. */
const labelOf = ({ bundle }: StartedModel, i: number): string =>
  (bundle.golden![i]!.expect as ExpectationOf<'classification'>).label;

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

afterEach(stopModels);

describe('FrameRouter', () => {
  it('answers as the golden samples say, for images and for the equal tensor', async () => {
    const model = await startModel('2.0.0');
    const { router } = makeRouter();
    router.setActive(model, policy);
    for (let i = 0; i < 8; i += 1) {
      const outcome = await router.infer(image(i));
      expect(outcome).toMatchObject({
        ok: true,
        value: {
          source: 'edge',
          version: '2.0.0',
          task: 'classification',
          frame: { width: 96, height: 96 },
          output: { label: labelOf(model, i) },
        },
      });
    }
    const { width, height } = model.bundle.input;
    expect(await router.infer({ kind: 'tensor', data: new Float32Array(width * height) })).toMatchObject({
      ok: true,
    });
  });

  it('loses no frame over twenty swaps under load, and each child is stopped only after its last frame', async () => {
    const { router, windows } = makeRouter();
    let [current, next] = [await startModel('1.0.0'), await startModel('2.0.0', { sequence: 2 })];
    router.setActive(current, policy);
    const outcomes: FrameOutcome[] = [];
    let stopping = false;
    const load = [0, 1, 2].map(async (worker) => {
      for (let i = worker; !stopping; i += 1) outcomes.push(await router.infer(image(i)));
    });
    for (let swap = 0; swap < 20; swap += 1) {
      const before = outcomes.length;
      await until('frames under load', () => outcomes.length > before + 3);
      router.setActive(next, policy);
      await router.whenUnused(current);
      if (swap === 19) await current.host.stop();
      [current, next] = [next, { ...current, version: { ...current.version, sequence: swap + 3 } }];
    }
    stopping = true;
    await Promise.all(load);
    await router.close();

    expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
    const counters = router.counters();
    expect(counters).toMatchObject({
      accepted: outcomes.length,
      answered: outcomes.length,
      failed: 0,
      rejected: 0,
    });
    expect(sum(windows.map(({ inferences }) => inferences))).toBe(outcomes.length);
    expect(windows.length).toBeGreaterThanOrEqual(21);
    const answered = (version: string): number =>
      outcomes.filter((outcome) => outcome.ok && outcome.value.version === version).length;
    for (const version of ['1.0.0', '2.0.0']) {
      const own = windows.filter(({ answering }) => answering.version === version);
      expect(sum(own.map(({ inferences }) => inferences))).toBe(answered(version));
    }
  });

  it('gives each frame exactly one result when the child is killed in the middle of it', async () => {
    const model = await startModel('1.0.0');
    const { router, windows } = makeRouter();
    router.setActive(model, policy);
    await router.infer(image(0));
    // Stopped first, so that the frames are surely in the child when it dies.
    process.kill(model.host.pid!, 'SIGSTOP');
    const under = [router.infer(image(1)), router.infer(image(2)), router.infer(image(3))];
    await until('three runs in the child', () => model.host.pendingRuns === 3);
    process.kill(model.host.pid!, 'SIGKILL');
    const outcomes = await Promise.all(under);
    expect(outcomes.map((outcome) => !outcome.ok && outcome.error.code)).toEqual(Array(3).fill('unanswered'));

    router.setActive({ ...model, host: null }, policy);
    expect(await router.infer(image(4))).toMatchObject({ ok: false, error: { code: 'unanswered' } });
    const again = await startModel('1.0.0');
    router.setActive(again, policy);
    expect(await router.infer(image(5))).toMatchObject({ ok: true });
    expect(router.counters()).toMatchObject({ accepted: 6, answered: 2, failed: 4 });
    expect(router.activeTally()).toEqual({ frames: 6, errors: 4 });
    await router.close();
    // The version did not change, so it is one window.
    expect(windows).toMatchObject([{ inferences: 2, errors: 4 }]);
  });

  it('refuses what it cannot take, and counts none of it as accepted', async () => {
    const model = await startModel('1.0.0');
    const { router } = makeRouter(2);
    expect(await router.infer(image(0))).toMatchObject({ ok: false, error: { code: 'no-model' } });
    router.setActive(model, policy);
    const broken = { ...image(0), bytes: image(0).bytes.subarray(0, 300) };
    expect(await router.infer(broken)).toMatchObject({ ok: false, error: { code: 'undecodable' } });
    const short = new Float32Array(5);
    expect(await router.infer({ kind: 'tensor', data: short })).toMatchObject({
      ok: false,
      error: { code: 'input-mismatch', detail: 'tensor: has 5 values, the model takes 9216' },
    });
    const infinite = new Float32Array(9216).fill(Infinity);
    expect(await router.infer({ kind: 'tensor', data: infinite })).toMatchObject({
      ok: false,
      error: { code: 'input-mismatch' },
    });
    process.kill(model.host.pid!, 'SIGSTOP');
    const under = [router.infer(image(1)), router.infer(image(2))];
    expect(await router.infer(image(3))).toMatchObject({ ok: false, error: { code: 'overloaded' } });
    process.kill(model.host.pid!, 'SIGCONT');
    await Promise.all(under);
    await router.close();
    expect(await router.infer(image(4))).toMatchObject({ ok: false, error: { code: 'stopping' } });
    expect(router.counters()).toMatchObject({ accepted: 2, answered: 2, rejected: 6 });
    expect(router.activeTally()).toEqual({ frames: 2, errors: 0 });
  });

  it('pairs the shadow with the answering version on the same frames', async () => {
    const [active, candidate] = [await startModel('2.0.0'), await startModel('1.0.0', { sequence: 2 })];
    const { router, windows } = makeRouter();
    router.setActive(active, policy);
    router.setShadow(candidate, 'candidate');
    for (let i = 0; i < 16; i += 1) {
      await router.infer(image(i));
      await router.drain();
    }
    const tally = router.shadowTally();
    expect(tally).toMatchObject({ role: 'candidate', frames: 16, errors: 0, pairs: 16, dropped: 0 });
    expect(tally!.comparison).toMatchObject({ kind: 'classification/1', frames: 16 });
    expect(tally!.latencyMs.count).toBe(16);
    expect(tally!.answeringLatencyMs.count).toBe(16);

    // The swap: both pointers move between two frames, and the pairs turn round.
    router.setActive(candidate, policy);
    router.setShadow(active, 'previous');
    expect(router.shadowTally()).toMatchObject({ role: 'previous', frames: 0, pairs: 0 });
    await router.infer(image(0));
    await router.drain();
    router.setShadow(null);
    await router.whenUnused(active);
    await router.close();
    const shown = windows.map(({ answering, shadow }) => [
      answering.version,
      shadow?.role,
      shadow?.inferences,
    ]);
    expect(shown).toEqual([
      ['2.0.0', 'candidate', 16],
      ['1.0.0', 'previous', 1],
    ]);
    expect(windows[0]!.shadow!.comparison).toEqual(tally!.comparison);
  });

  it('answers every frame while the shadow hangs, and drops pairs only', async () => {
    const [active, candidate] = [await startModel('2.0.0'), await startModel('1.0.0', { sequence: 2 })];
    const { router, windows } = makeRouter();
    router.setActive(active, policy);
    router.setShadow(candidate, 'candidate');
    process.kill(candidate.host.pid!, 'SIGSTOP');
    // More frames than the backlog holds: were one of them waiting for the shadow, this would never end.
    for (let i = 0; i < 30; i += 1) expect(await router.infer(image(i))).toMatchObject({ ok: true });
    await until('a full backlog', () => (router.shadowTally()?.dropped ?? 0) >= 20);
    process.kill(candidate.host.pid!, 'SIGKILL');
    await router.drain();
    const { frames, errors, pairs, dropped } = router.shadowTally()!;
    expect({ errors, pairs, all: frames + dropped }).toEqual({ errors: frames, pairs: 0, all: 30 });
    router.setShadow(null);
    await router.close();
    expect(sum(windows.map(({ inferences }) => inferences))).toBe(30);
    expect(sum(windows.map(({ shadow }) => shadow?.errors ?? 0))).toBe(errors);
  });
});
