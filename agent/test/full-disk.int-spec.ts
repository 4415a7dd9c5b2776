import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inLongRun } from '@hamon/testing';
import { pino } from 'pino';
import { Agent, type AgentStatus } from '../src/agent.js';
import { AgentConfig } from '../src/config.js';
import { FullDisk } from './support/full-disk.js';
import { Scene } from './support/scene.js';
import { QUICK_POLICY, type PreparedBundle } from './support/test-fleet.js';
import { until } from './support/until.js';

describe('a full disk', () => {
  let scene: Scene;
  let v1: PreparedBundle;
  const agents: Agent[] = [];
  beforeAll(async () => {
    scene = await Scene.open();
    v1 = await scene.bundle('1.0.0');
  });
  afterEach(async () => {
    await Promise.all(agents.splice(0).map((agent) => agent.stop()));
  });
  afterAll(() => scene.close());

  /** In this process, so that its disk can be made full. */
  const start = async (config: Record<string, unknown> = {}) => {
    const full = new FullDisk();
    const { id, agent } = await scene.device();
    const { stateFolder } = agent;
    const source = { kind: 'directory', path: scene.images, framesPerSecond: 100 };
    const parsed = AgentConfig.parse({ source, http: { port: 0 }, minFreeDiskMb: 0, ...config });
    const log = pino({ level: 'silent' });
    agents.push(await Agent.start({ stateFolder, config: parsed, log, disk: full.disk }));
    const first = await scene.fleet.desire(id, v1);
    if (config['minFreeDiskMb'] === undefined) await scene.reached(first, 'committed');
    return { id, full, stateFolder, first };
  };
  const answered = (id: string): number => scene.fleet.lastReport(id)?.frames.answered ?? 0;
  const goesOnAnswering = (id: string): Promise<void> => {
    const before = answered(id);
    return until('frames are answered', () => answered(id) > before);
  };
  const killCurrentWorker = async (): Promise<void> => {
    const status = (await (await fetch(`${agents[0]!.httpUrl}/v1/status`)).json()) as {
      workers: { current: number };
    };
    process.kill(status.workers.current, 'SIGKILL');
  };
  const next = (bias: number) => scene.bundle('2.0.0', { bias: Float32Array.of(0, bias, 0) });

  it.each(['/benchmark/chunks/', '/benchmark/bundles/'])(
    'under %s ends a benchmark, which frees what it took',
    async (part) => {
      const { fleet } = scene;
      const { id, full, stateFolder } = await start();
      const variants = await scene.variants(`5.0.${part.length}`);
      full.isFullFor = (path) => path.includes(part);
      const command = await fleet.benchmark(id, variants);
      expect(await scene.replied(command, 'refused')).toMatchObject({ reason: { code: 'disk-full' } });
      expect(full.failures).toBeGreaterThan(0);
      const folder = (name: string) => readdir(join(stateFolder, 'benchmark', name));
      await until('its space is free', async () => {
        return (await folder('bundles')).length + (await folder('chunks')).length === 0;
      });
      await goesOnAnswering(id);
      full.isFullFor = () => false;
      const again = await fleet.benchmark(id, variants);
      await scene.replied(again, 'succeeded');
    },
  );

  it.each([
    ['while chunks are written', (path: string) => path.includes('/chunks/')],
    ['while the bundle is assembled', (path: string) => path.includes('/bundles/')],
  ])('%s refuses the update, frees what it took, and lets the next one in', async (_, isFullFor) => {
    const { fleet } = scene;
    const { id, full, stateFolder, first } = await start();
    const v2 = await next(0.1);
    full.isFullFor = isFullFor;
    const second = await fleet.desire(id, v2);
    await scene.reached(second, 'refused');
    expect(fleet.reasonOf(second)).toBe('disk-full');
    expect(full.failures).toBeGreaterThan(0);
    expect(fleet.kinds(id)).toContain('disk-full');
    await until('its space is free', async () => (await readdir(join(stateFolder, 'chunks'))).length === 0);
    await until('only the current bundle is left', async () => {
      return (await readdir(join(stateFolder, 'bundles'))).length === 1;
    });
    await goesOnAnswering(id);

    full.isFullFor = () => false;
    const third = await fleet.desire(id, v2);
    await scene.reached(third, 'committed');
    expect(fleet.lastReport(id)?.slots.previous?.sequence).toBe(first);
  });

  it('is not made by what is left of an update that another one superseded', async () => {
    const { fleet } = scene;
    const { id, stateFolder } = await start();
    const withoutOne = async (version: string, bias: number) => {
      const bundle = await scene.bundle(version, { bias: Float32Array.of(0, bias, 0) });
      const [withheld] = bundle.chunks;
      await fleet.publishChunk(withheld![0], new Uint8Array(0));
      const sequence = await fleet.desire(id, bundle);
      await until('the others are here', () => {
        const { deployment } = fleet.lastReport(id) ?? {};
        const { have = 0, total = 0 } = deployment?.chunks ?? {};
        return deployment?.version.sequence === sequence && total > 1 && have === total - 1;
      });
      return { sequence, withheld: withheld!, folder: await readdir(join(stateFolder, 'chunks')) };
    };
    const second = await withoutOne('3.0.0', 0.61);
    const third = await withoutOne('4.0.0', 0.62);
    expect(second.folder.length).toBeGreaterThan(1);
    expect(third.folder.filter((sha256) => second.folder.includes(sha256))).toEqual([]);
    await fleet.publishChunk(...third.withheld);
    await scene.reached(third.sequence, 'committed');
  });

  it('while the state is written activates nothing, and what was decided is on disk once there is space', async () => {
    const { fleet } = scene;
    const { id, full, stateFolder, first } = await start();
    const second = await fleet.desire(id, await next(0.2), { ...QUICK_POLICY, shadow: { minFrames: 200 } });
    await scene.reached(second, 'shadowing');
    full.isFullFor = (path) => path.includes('state.json');
    await scene.reached(second, 'refused');
    expect(fleet.reasonOf(second)).toBe('disk-full');
    expect(fleet.lastReport(id)?.slots).toMatchObject({ current: { sequence: first }, candidate: null });
    expect(await readFile(join(stateFolder, 'state.json'), 'utf8')).toContain('"shadowing"');
    full.isFullFor = () => false;
    await until('the refusal is on disk', async () => {
      return (await readFile(join(stateFolder, 'state.json'), 'utf8')).includes('"refused"');
    });
  });

  it('does not hold up going back', async () => {
    const { fleet } = scene;
    const { id, full, first } = await start();
    const probation = { seconds: 600, minFrames: 0, maxErrorRate: 0.05 };
    const second = await fleet.desire(id, await next(0.3), { ...QUICK_POLICY, probation });
    await scene.reached(second, 'active');
    full.isFullFor = () => true;
    await killCurrentWorker();
    await scene.reached(second, 'rolled-back');
    expect(fleet.lastReport(id)?.slots.current?.sequence).toBe(first);
    await goesOnAnswering(id);
    full.isFullFor = () => false;
  });

  it('does not hold up loading the version that it goes back to', async () => {
    const { fleet } = scene;
    const { id, full, first } = await start();
    const probation = { seconds: 600, minFrames: 0, maxErrorRate: 0.05 };
    const policy = { ...QUICK_POLICY, probation, shadowAfterActivationSeconds: 0 };
    const second = await fleet.desire(id, await next(0.5), policy);
    await scene.reached(second, 'active');
    full.isFullFor = () => true;
    await killCurrentWorker();
    await scene.reached(second, 'rolled-back');
    await goesOnAnswering(id);
    expect(fleet.lastReport(id)?.slots.current?.sequence).toBe(first);
    full.isFullFor = () => false;
  });

  it.each([
    ['a committed version', 'committed', QUICK_POLICY],
    [
      'a version in its probation',
      'active',
      { ...QUICK_POLICY, probation: { seconds: 600, minFrames: 0, maxErrorRate: 0.05 } },
    ],
  ])('does not keep an agent that starts from answering with %s', async (_, state, policy) => {
    const { id, agent } = await scene.device();
    await agent.start();
    const sequence = await scene.fleet.desire(id, v1, policy);
    await scene.reached(sequence, state, agent);
    await agent.kill();
    const url = await agent.startOnFullDisk();
    const frames = async (): Promise<number> =>
      ((await (await fetch(`${url}/v1/status`)).json()) as Required<AgentStatus>).frames.answered;
    await until(
      'frames are answered',
      async () => (await frames()) > 0,
      undefined,
      () => agent.log,
    );
  });

  inLongRun(it)('keeps a manifest waiting that cannot be written down, and takes it later', async () => {
    const { fleet } = scene;
    const { id, full } = await start();
    full.isFullFor = (path) => path.includes('state.json');
    const second = await fleet.desire(id, await next(0.4));
    await until('it was tried', () => full.failures > 0);
    expect(fleet.chain(second)).toEqual([]);
    full.isFullFor = () => false;
    await scene.reached(second, 'committed');
  });

  it('is foreseen: an update that would leave too little is refused before a chunk of it is asked for', async () => {
    const { fleet } = scene;
    const { id, first } = await start({ minFreeDiskMb: 1e12 });
    await scene.reached(first, 'refused');
    expect(fleet.reasonOf(first)).toBe('disk-full');
    expect(fleet.lastReport(id)?.deployment?.reason?.detail).toMatch(/MB are needed/);
  });
});
