import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from './support/scene.js';
import { QUICK_POLICY } from './support/test-fleet.js';
import { until } from './support/until.js';

const DATA = fileURLToPath(new URL('../../../shared/data', import.meta.url));
const described = existsSync(DATA) ? describe : describe.skip;

described('on real factory images (needs the reference data)', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterAll(() => scene.close());

  it('a device goes from one trained version to the next by its golden samples and live frames', async () => {
    const { fleet } = scene;
    const [v1, v2] = [
      await fleet.prepare(`${DATA}/models/tile-inspector-1.0.0`),
      await fleet.prepare(`${DATA}/models/tile-inspector-2.0.0`),
    ];
    await fleet.publishChunks(v1);
    await fleet.publishChunks(v2);
    const source = { kind: 'directory', path: `${DATA}/tiles/train`, framesPerSecond: 50 };
    const { id, agent } = await scene.running(v1, QUICK_POLICY, { source });
    const second = await fleet.desire(id, v2, { ...QUICK_POLICY, shadow: { minFrames: 60 } });
    await scene.reached(second, 'committed', agent);
    await until('the former version shadowed', () =>
      fleet.windows.some(({ shadow }) => shadow?.role === 'previous' && (shadow.comparison?.frames ?? 0) > 0),
    );
    expect(await agent.stop()).toBe(0);
    const { frames, slots } = fleet.lastReport(id)!;
    expect(slots.current?.version).toBe('2.0.0');
    expect(frames.answered).toBe(frames.accepted);
  });
});
