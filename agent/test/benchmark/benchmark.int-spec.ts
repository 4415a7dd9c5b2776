import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from '../support/scene.js';
import { until } from '../support/until.js';

describe('a benchmark', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterEach(() => scene.killAgents());
  afterAll(() => scene.close());

  it('measures every variant beside the model that answers, and leaves nothing behind', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(await scene.bundle('1.0.0'));
    const variants = await scene.variants('2.0.0');
    const command = await fleet.benchmark(id, variants);
    const { results, reason } = await scene.replied(command, 'succeeded', agent);
    expect(reason).toBeNull();
    expect(results.map(({ variant, bundle }) => [variant, bundle])).toEqual(
      variants.map(({ variant, built }) => [variant, built.ref.sha256]),
    );
    for (const { figures, unfit } of results) {
      expect(unfit).toBeNull();
      expect(figures!.oneThread).toMatchObject({ threads: 1, runs: 15 });
      expect(figures!.samples).toBeGreaterThan(0);
      expect(figures!.rssMb).toBeGreaterThan(10);
    }
    expect(results[0]!.figures!.agreement).toBe(1);
    const states = fleet.replies.filter((reply) => reply.id === command).map(({ state }) => state);
    expect([...new Set(states)]).toEqual(expect.arrayContaining(['running', 'succeeded']));

    const folder = (name: string) => readdir(join(agent.stateFolder, 'benchmark', name));
    await until(
      'its files are gone',
      async () => (await folder('bundles')).length + (await folder('chunks')).length === 0,
    );
    expect(await scene.current(id)).toBe('1.0.0');
    expect((await readdir(join(agent.stateFolder, 'bundles'))).length).toBe(1);
    await agent.stop();
    const { frames } = fleet.lastReport(id)!;
    expect(frames.answered).toBe(frames.accepted);
    expect(existsSync(join(agent.stateFolder, 'benchmark.json'))).toBe(true);
  });
});
