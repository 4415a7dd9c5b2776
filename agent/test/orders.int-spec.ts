import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AgentProcess } from './support/agent-process.js';
import { Scene } from './support/scene.js';
import { QUICK_POLICY, type PreparedBundle } from './support/test-fleet.js';
import { until } from './support/until.js';

const LONG_SHADOW = { ...QUICK_POLICY, shadow: { minFrames: 1_000_000 } };
const LONG_PROBATION = { ...QUICK_POLICY, probation: { ...QUICK_POLICY.probation, seconds: 600 } };

describe('an agent', () => {
  let scene: Scene;
  let v1: PreparedBundle;
  beforeAll(async () => {
    scene = await Scene.open();
    v1 = await scene.bundle('1.0.0');
  });
  afterEach(() => scene.killAgents());
  afterAll(() => scene.close());

  const v2 = () => scene.bundle('2.0.0', { bias: Float32Array.of(0, 0.1, 0) });
  const answeredMore = async (agent: AgentProcess, by: number): Promise<void> => {
    const { answered } = (await agent.status()).frames;
    await until(`${by} more frames`, async () => (await agent.status()).frames.answered >= answered + by);
  };

  it('that is held while it downloads gets ready, and switches only once it is let go', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(v1);
    const next = await v2();
    const withheld = [...next.chunks][0]!;
    await fleet.publishChunk(withheld[0], new Uint8Array(0));
    const second = await fleet.desire(id, next);
    await scene.reached(second, 'downloading', agent);
    const held = await fleet.desire(id, next, QUICK_POLICY, 'fp32', 'hold');
    await fleet.publishChunk(...withheld);
    await scene.reached(held, 'shadowing', agent);
    // Several times of what its shadow run needs.
    await answeredMore(agent, 100);
    await agent.kill();
    await agent.start();
    await answeredMore(agent, 100);
    expect((await agent.status()).slots).toMatchObject({
      current: { version: '1.0.0' },
      candidate: { version: '2.0.0' },
    });
    const resumed = await fleet.desire(id, next);
    await scene.reached(resumed, 'committed', agent);
    expect(fleet.chain(held)).not.toContain('active');
    expect(fleet.chain(resumed)).not.toContain('downloading');
  });

  it('that shadows drops the version when it is withdrawn', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(v1);
    const next = await v2();
    await scene.reached(await fleet.desire(id, next, LONG_SHADOW), 'shadowing', agent);
    await fleet.desire(id, next, QUICK_POLICY, 'fp32', 'withdraw');
    await until('it is superseded', () => fleet.lastReport(id)?.deployment?.state === 'superseded');
    await answeredMore(agent, 100);
    expect(fleet.lastReport(id)?.slots).toMatchObject({ current: { version: '1.0.0' }, candidate: null });
    expect(fleet.rejectionOf(id)).toBeUndefined();
  });

  it('that is offline when its first version is withdrawn never activates it', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.device();
    await agent.start();
    const withheld = [...v1.chunks][0]!;
    await fleet.publishChunk(withheld[0], new Uint8Array(0));
    await scene.reached(await fleet.desire(id, v1), 'downloading', agent);
    await agent.kill();
    const newest = await fleet.desire(id, v1, QUICK_POLICY, 'fp32', 'withdraw');
    await fleet.publishChunk(...withheld);
    await agent.start();
    await until('it has heard', () => fleet.lastReport(id)?.highestSequence === newest);
    await until('it is superseded', () => fleet.lastReport(id)?.deployment?.state === 'superseded');
    expect(fleet.lastReport(id)?.slots).toEqual({ current: null, previous: null, candidate: null });
    expect(fleet.kinds(id)).not.toContain('activated');
  });

  it.each(['keep', 'stop'] as const)(
    'whose first version fails says what becomes of it, and never goes back to it (%s)',
    async (onFirstFailure) => {
      const { fleet } = scene;
      const { id, agent } = await scene.device();
      await agent.start();
      const policy = { ...LONG_PROBATION, probation: { ...LONG_PROBATION.probation, onFirstFailure } };
      const first = await fleet.desire(id, v1, policy);
      await scene.reached(first, 'active', agent);
      await until('it is loaded', async () => ((await agent.status()).workers.current ?? 0) > 0);
      process.kill((await agent.status()).workers.current!, 'SIGKILL');
      await scene.reached(first, 'rolled-back', agent);
      await until('the event came', () => fleet.kinds(id).includes('rolled-back'));
      const told = fleet.eventsOf(id).find(({ kind }) => kind === 'rolled-back');
      expect(told?.detail).toContain(onFirstFailure === 'keep' ? 'it stays' : 'it is stopped');
      await until(
        'the report says it',
        async () => (await scene.current(id)) === (onFirstFailure === 'keep' ? '1.0.0' : undefined),
      );
      const second = await fleet.desire(id, await v2());
      await scene.reached(second, 'committed', agent);
      expect(fleet.lastReport(id)?.slots).toMatchObject({ current: { version: '2.0.0' }, previous: null });
    },
  );
});
