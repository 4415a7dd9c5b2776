import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { InferenceResult, TelemetryWindow } from '@hamon/contracts';
import { FrameRouter } from '../../src/data/frame-router.js';
import type { ImageFrame } from '../../src/data/frame.js';
import { startBundle, stopModels } from './support/example-models.js';
import { EDGE_POLICY } from './support/test-plane.js';

const DATA = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const here = existsSync(join(DATA, 'models/tile-detector-2.0.0'));

/** Some of each class, so that there is something to find. */
function tiles(): ImageFrame[] {
  const folder = join(DATA, 'tiles/test');
  return readdirSync(folder).flatMap((label) =>
    readdirSync(join(folder, label))
      .sort()
      .slice(0, 5)
      .map((name): ImageFrame => ({
        ...{ kind: 'image', mediaType: 'image/png', name },
        bytes: readFileSync(join(folder, label, name)),
      })),
  );
}

afterEach(stopModels);

describe.skipIf(!here)('two versions of one model, of every task, on real tiles (needs shared/data)', () => {
  it.each([
    ['classification', 'tile-inspector'],
    ['detection', 'tile-detector'],
    ['segmentation', 'tile-segmenter'],
    ['anomaly', 'tile-anomaly'],
    ['regression', 'tile-exposure'],
  ])('%s: answers, summary and comparison are the task’s', async (task, model) => {
    const folder = (version: string): string => join(DATA, 'models', `${model}-${version}`);
    const active = await startBundle(folder('1.0.0'));
    const candidate = await startBundle(folder('2.0.0'), { sequence: 2 });
    const windows: TelemetryWindow[] = [];
    const router = new FrameRouter({
      telemetry: { device: 'camera', onWindow: (window) => void windows.push(window) },
    });
    router.setActive(active, EDGE_POLICY);
    router.setShadow(candidate, 'candidate');
    const frames = tiles();
    for (const frame of frames) {
      const outcome = await router.infer(frame);
      if (!outcome.ok) throw new Error(outcome.error.detail);
      expect(InferenceResult.safeParse(outcome.value).error).toBeUndefined();
      expect(outcome.value).toMatchObject({ task, model, frame: { width: 112, height: 112 } });
      await router.drain();
    }
    const { comparison, pairs } = router.shadowTally()!;
    await router.close();

    expect(pairs).toBe(frames.length);
    expect(windows).toHaveLength(1);
    expect(TelemetryWindow.safeParse(windows[0]).error).toBeUndefined();
    expect(windows[0]).toMatchObject({
      inferences: frames.length,
      summary: { kind: `${task}/1`, answers: frames.length },
      shadow: { inferences: frames.length, comparison: { kind: `${task}/1`, frames: frames.length } },
    });
    expect(windows[0]!.shadow!.comparison).toEqual(comparison);
    const { comparisons } = active.task;
    expect(comparisons.fault(comparison!)).toBeUndefined();
    // Honest versions: whatever the measure is, they do not do different jobs.
    expect(comparisons.agreement(comparison!)).toBeGreaterThan(comparisons.anotherJob);
  });

  it('does not compare what is of different labels or tasks', async () => {
    const router = new FrameRouter({ telemetry: { device: 'camera', onWindow: () => undefined } });
    router.setActive(await startBundle(join(DATA, 'models/tile-detector-1.0.0')), EDGE_POLICY);
    const other = await startBundle(join(DATA, 'models/tile-inspector-1.0.0'), { sequence: 2 });
    router.setShadow(other, 'candidate');
    for (const frame of tiles().slice(0, 4)) await router.infer(frame);
    await router.drain();
    expect(router.shadowTally()).toMatchObject({ frames: 4, errors: 0, pairs: 0, comparison: null });
    await router.close();
  });
});
