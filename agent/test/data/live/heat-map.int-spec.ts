import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { AnomalyAnswer } from '@hamon/contracts';
import { decodePixels } from '@hamon/inference';
import { FrameRouter } from '../../../src/data/frame-router.js';
import type { ImageFrame } from '../../../src/data/frame.js';
import { takeHeatMap } from '../../../src/data/heat-maps.js';
import { startBundle, stopModels, type StartedModel } from '../support/example-models.js';
import { EDGE_POLICY, testPlane } from '../support/test-plane.js';

const DATA = fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const here = existsSync(join(DATA, 'models/tile-anomaly-2.0.0'));
const MODEL = 'tile-anomaly';
const started = (): Promise<StartedModel> => startBundle(join(DATA, 'models', `${MODEL}-2.0.0`));

function tiles(label: string): ImageFrame[] {
  const folder = join(DATA, 'tiles/test', label);
  return readdirSync(folder)
    .sort()
    .slice(0, 5)
    .map((name) => ({
      ...{ kind: 'image', mediaType: 'image/png', name },
      bytes: readFileSync(join(folder, name)),
    }));
}

/** Which part of a picture is rather red or yellow than grey. */
function coloured(pixels: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < pixels.length; at += 3) if (pixels[at]! > pixels[at + 2]! + 12) count += 1;
  return count / (pixels.length / 3);
}

afterEach(stopModels);

describe.skipIf(!here)('the heat map of a real anomaly model (needs shared/data)', () => {
  it('is hottest where the answer has its parts', async () => {
    const router = new FrameRouter({ telemetry: { device: 'camera', onWindow: () => undefined } });
    router.setActive(await started(), EDGE_POLICY);
    let parts = 0;
    for (const frame of tiles('Break')) {
      const outcome = await router.infer(frame);
      if (!outcome.ok) throw new Error(outcome.error.detail);
      const { regions } = outcome.value.output as AnomalyAnswer;
      const { width, height, values } = takeHeatMap(outcome.value.output)!()!;
      expect([width, height, values.length]).toEqual([96, 96, 96 * 96]);
      expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
      const scale = width / outcome.value.frame.width;
      const isIn = (cell: number): boolean => {
        const [x, y] = [((cell % width) + 0.5) / scale, (Math.floor(cell / width) + 0.5) / scale];
        return regions.some(
          ({ box }) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height,
        );
      };
      parts += regions.length;
      // A cell lies between pixels of the map: beside a part it may be a little above the threshold.
      expect(values.every((value, cell) => value < 0.55 || isIn(cell))).toBe(true);
      if (regions.some(({ box }) => box.width > 3 && box.height > 3)) {
        expect(values.some((value) => value >= 0.5)).toBe(true);
      }
    }
    expect(parts).toBeGreaterThan(0);
    await router.close();
  });

  it('is drawn for who looks, and let go of where nobody does', async () => {
    const { plane } = testPlane();
    plane.router(MODEL).setActive(await started(), EDGE_POLICY);
    const frames = new Map<ImageFrame, AnomalyAnswer>();
    for (const frame of tiles('Break')) {
      const unseen = await plane.infer(frame, MODEL);
      if (!unseen.ok) throw new Error(unseen.error.detail);
      expect(takeHeatMap(unseen.value.output)).toBeUndefined();
      frames.set(frame, unseen.value.output as AnomalyAnswer);
    }
    const shown = async (frame: ImageFrame): Promise<number> => {
      const asked = plane.live.snapshot('main', AbortSignal.timeout(20_000));
      await plane.infer(frame, MODEL);
      return coloured((await decodePixels((await asked) as Uint8Array)).data);
    };
    // Grey tiles: what has a colour was drawn, and the frame around the picture takes 3 % of it.
    const [[worst]] = [...frames].sort(([, a], [, b]) => b.score - a.score) as [[ImageFrame, AnomalyAnswer]];
    expect(coloured((await decodePixels(worst.bytes)).data)).toBe(0);
    expect(await shown(worst)).toBeGreaterThan(0.05);
    await plane.stop();
  });
});
