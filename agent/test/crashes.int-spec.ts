import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inLongRun } from '@hamon/testing';
import type { AgentProcess } from './support/agent-process.js';
import { Scene } from './support/scene.js';
import { QUICK_POLICY, type PreparedBundle } from './support/test-fleet.js';
import { until } from './support/until.js';

const LONG_PROBATION = { ...QUICK_POLICY, probation: { seconds: 600, minFrames: 0, maxErrorRate: 0.05 } };
const LONG_SHADOW = { ...QUICK_POLICY, shadow: { minFrames: 1_000_000 } };
/** About 20 ms a run: the self-test takes long enough to be killed in. */
const SLOW = { delayRounds: 20_000 };

describe('after kill -9', () => {
  let scene: Scene;
  let v1: PreparedBundle;
  beforeAll(async () => {
    scene = await Scene.open();
    v1 = await scene.bundle('1.0.0');
  });
  afterEach(() => scene.killAgents());
  afterAll(() => scene.close());

  const workerOf = async (agent: AgentProcess, role: string): Promise<number> => {
    let pid = 0;
    await until(
      `${role} is loaded`,
      async () => (pid = (await agent.status()).workers[role as 'current'] ?? 0) > 0,
    );
    return pid;
  };
  const killWorker = async (agent: AgentProcess, role: string): Promise<number> => {
    const pid = await workerOf(agent, role);
    process.kill(pid, 'SIGKILL');
    return pid;
  };
  const stateOnDisk = async (agent: AgentProcess): Promise<string | undefined> =>
    (await agent.state().catch(() => undefined))?.deployment?.state;

  it('of the agent in any state of a deployment, it goes on to the end', async () => {
    const { fleet } = scene;
    const { id, agent, sequence: first } = await scene.running(v1);
    const v2 = await scene.bundle('2.0.0', { bias: Float32Array.of(0, 0.1, 0), ...SLOW });
    const withheld = [...v2.chunks][0]!;
    await fleet.publishChunk(withheld[0], new Uint8Array(0));
    const second = await fleet.desire(id, v2, { ...QUICK_POLICY, shadow: { minFrames: 100 } });
    const killed: (string | undefined)[] = [];
    const killIn = async (state: string): Promise<void> => {
      await until(
        `${state} on disk`,
        async () => (await stateOnDisk(agent)) === state,
        undefined,
        () => agent.log,
      );
      await agent.kill();
      killed.push(await stateOnDisk(agent));
      const { slots } = await agent.state();
      expect(slots.current).not.toBeNull();
    };
    await killIn('downloading');
    await fleet.publishChunk(...withheld);
    await agent.start();
    await killIn('staged');
    await agent.start();
    await killIn('shadowing');
    await agent.start();
    await killIn('active');
    await agent.start();
    await scene.reached(second, 'committed', agent);
    expect(killed).toEqual(['downloading', 'staged', 'shadowing', 'active']);
    expect(fleet.lastReport(id)?.slots).toMatchObject({
      current: { version: '2.0.0', sequence: second },
      previous: { version: '1.0.0', sequence: first },
    });
    const order = ['assigned', 'downloading', 'staged', 'self-tested', 'shadowing', 'active', 'committed'];
    const places = fleet.chain(second).map((state) => order.indexOf(state));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  inLongRun(
    it.each([
      ['shadowing', LONG_SHADOW, 'refused'],
      ['active', LONG_PROBATION, 'rolled-back'],
    ] as const),
  )(
    'of the agent over and over while %s, the deployment is given up as a boot loop',
    async (state, policy, end) => {
      const { fleet } = scene;
      const { id, agent, sequence: first } = await scene.running(v1);
      const second = await fleet.desire(
        id,
        await scene.bundle('2.0.0', { bias: Float32Array.of(0, 0.2, 0) }),
        policy,
      );
      for (let attempt = 1; attempt <= 4; attempt += 1) {
        const role = state === 'active' ? 'current' : 'candidate';
        await until(
          `${state} ${attempt}`,
          async () => (await stateOnDisk(agent)) === state,
          undefined,
          () => agent.log,
        );
        await workerOf(agent, role);
        await agent.kill();
        await agent.start();
      }
      await scene.reached(second, end, agent);
      expect(fleet.reasonOf(second)).toBe('boot-loop');
      expect(fleet.lastReport(id)?.slots).toMatchObject({ current: { sequence: first }, candidate: null });
    },
  );

  inLongRun(it)('does not count an orderly restart', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(v1);
    const second = await fleet.desire(
      id,
      await scene.bundle('2.0.0', { bias: Float32Array.of(0, 0.3, 0) }),
      LONG_SHADOW,
    );
    await scene.reached(second, 'shadowing', agent);
    for (let i = 0; i < 5; i += 1) {
      await workerOf(agent, 'candidate');
      expect(await agent.stop()).toBe(0);
      await agent.start();
    }
    await workerOf(agent, 'candidate');
    expect(await stateOnDisk(agent)).toBe('shadowing');
    expect(fleet.reasonOf(second)).toBeUndefined();
  });

  it('of the current child, another one answers, and every frame had its result', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(v1);
    const before = await killWorker(agent, 'current');
    await until(
      'another child',
      async () => ![before, null].includes((await agent.status()).workers.current),
      undefined,
      () => agent.log.slice(-8000),
    );
    await until('it is told', () => fleet.kinds(id).includes('worker-crashed'));
    expect(await scene.current(id)).toBe('1.0.0');
    const { answered } = (await agent.status()).frames;
    await until('frames are answered again', async () => (await agent.status()).frames.answered > answered);
    await agent.stop();
    const { frames } = fleet.lastReport(id)!;
    const windows = fleet.windows.filter(({ device }) => device === id);
    const failed = windows.reduce((sum, { errors }) => sum + errors, 0);
    expect(frames.answered + failed).toBe(frames.accepted);
  });

  it('of the candidate’s child, the deployment is refused', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(v1);
    const second = await fleet.desire(
      id,
      await scene.bundle('2.0.0', { bias: Float32Array.of(0, 0.4, 0) }),
      LONG_SHADOW,
    );
    await scene.reached(second, 'shadowing', agent);
    await killWorker(agent, 'candidate');
    await scene.reached(second, 'refused', agent);
    expect(fleet.reasonOf(second)).toBe('worker-crashed');
  });

  it('of the child in probation, it goes back at once, also offline, and tells later', async () => {
    const { fleet } = scene;
    const { id, agent, sequence: first } = await scene.running(v1);
    const second = await fleet.desire(
      id,
      await scene.bundle('2.0.0', { bias: Float32Array.of(0, 0.5, 0) }),
      LONG_PROBATION,
    );
    await scene.reached(second, 'active', agent);
    await fleet.stopBroker();
    await killWorker(agent, 'current');
    await until('it is back', async () => (await agent.status()).slots.current?.sequence === first);
    expect((await agent.status()).connected).toBe(false);
    const { answered } = (await agent.status()).frames;
    await until('1.0.0 answers', async () => (await agent.status()).frames.answered > answered);
    await fleet.startBroker();
    await fleet.republish();
    await scene.reached(second, 'rolled-back', agent);
    expect(fleet.reasonOf(second)).toBe('worker-crashed');
    await until('the event came', () => fleet.kinds(id).includes('rolled-back'));
    await until('it is not tried again', () => fleet.rejectionOf(id) === 'manifest-abandoned');
  });

  inLongRun(it)('of the current child beyond its budget, the former version comes back', async () => {
    const { fleet } = scene;
    const { id, agent, sequence: first } = await scene.running(v1);
    const second = await fleet.desire(id, await scene.bundle('2.0.0', { bias: Float32Array.of(0, 0.6, 0) }), {
      ...QUICK_POLICY,
      shadowAfterActivationSeconds: 0,
    });
    await scene.reached(second, 'committed', agent);
    for (let crash = 1; crash <= 5; crash += 1) {
      await killWorker(agent, 'current');
      await until(
        'it is told',
        () => fleet.kinds(id).filter((kind) => kind === 'worker-crashed').length === crash,
      );
    }
    await scene.reached(second, 'rolled-back', agent);
    expect(fleet.reasonOf(second)).toBe('worker-crashed');
    expect(fleet.lastReport(id)?.slots.current?.sequence).toBe(first);
  });

  it('of a first version’s child in probation, it says so and goes on with the only one there is', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.device();
    await agent.start();
    const first = await fleet.desire(id, v1, LONG_PROBATION);
    await scene.reached(first, 'active', agent);
    const before = await killWorker(agent, 'current');
    await scene.reached(first, 'rolled-back', agent);
    await until(
      'another child',
      async () => ![before, null].includes((await agent.status()).workers.current),
    );
    expect(await scene.current(id)).toBe('1.0.0');
  });

  it('and damage to the only bundle on disk, it is never run but fetched once more', async () => {
    const { fleet } = scene;
    const { id, agent, sequence } = await scene.running(v1);
    await agent.kill();
    const model = join(agent.stateFolder, 'bundles', v1.built.ref.sha256, 'model.fp32.onnx');
    const bytes = await readFile(model);
    bytes[bytes.length - 1]! ^= 0xff;
    await writeFile(model, bytes);
    const before = fleet.subscriptions.length;
    await agent.start();
    await until('it was asked for again', () =>
      fleet.subscriptions.slice(before).some((topic) => topic.includes('/chunk/')),
    );
    await workerOf(agent, 'current');
    await until('it is committed again', async () => (await stateOnDisk(agent)) === 'committed');
    expect(fleet.lastReport(id)?.slots.current).toMatchObject({ version: '1.0.0', sequence });
    expect(await readFile(model)).not.toEqual(bytes);
  });

  it('and damage to the current bundle on disk, it says which version it went back from', async () => {
    const { fleet } = scene;
    const { id, agent, sequence: first } = await scene.running(v1);
    const v2 = await scene.bundle('2.0.0', { bias: Float32Array.of(0, 0.6, 0) });
    const second = await fleet.desire(id, v2);
    await scene.reached(second, 'committed', agent);
    await agent.kill();
    await rm(join(agent.stateFolder, 'bundles', v2.built.ref.sha256), { recursive: true });
    await agent.start();
    await scene.reached(second, 'rolled-back', agent);
    expect(fleet.lastReport(id)?.slots.current?.sequence).toBe(first);
    await until('the event came', () => fleet.kinds(id).includes('rolled-back'));
    const told = fleet.eventsOf(id).find(({ kind }) => kind === 'rolled-back');
    expect(told?.version).toMatchObject({ version: '2.0.0', sequence: second });
  });

  it('of a hanging child, its run is ended and another one answers', async () => {
    const { fleet } = scene;
    const quickly = { ...QUICK_POLICY, inference: { intraOpNumThreads: 1, hangMs: 300 } };
    const { id, agent } = await scene.running(v1, quickly);
    process.kill(await workerOf(agent, 'current'), 'SIGSTOP');
    await until('it is told', () => fleet.kinds(id).includes('worker-hung'));
    const { answered } = (await agent.status()).frames;
    await until('frames are answered again', async () => (await agent.status()).frames.answered > answered);
  });
});
