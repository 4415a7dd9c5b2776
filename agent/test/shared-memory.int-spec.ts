import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { Agent, type AgentStatus } from '../src/agent.js';
import { AgentConfig } from '../src/config.js';
import { Scene } from './support/scene.js';
import { QUICK_POLICY } from './support/test-fleet.js';
import { TwoModels } from './support/two-models.js';
import { until } from './support/until.js';

/** What an agent takes a process for that it has not measured, and more than a tiny model takes. */
const CHILD_MB = 120;
const MARGIN_MB = 10;
const MINE = `/proc/${process.pid}/task/${process.pid}/children`;

/** Processes of this one: all of them are models. */
const processes = (): number => readFileSync(MINE, 'utf8').trim().split(' ').filter(Boolean).length;

describe.skipIf(process.platform !== 'linux')('memory for one process beside those that answer', () => {
  let scene: Scene;
  let two: TwoModels;
  let agent: Agent | undefined;
  beforeAll(async () => {
    scene = await Scene.open();
    two = await TwoModels.in(scene);
  });
  afterEach(async () => {
    await agent?.stop();
    agent = undefined;
  });
  afterAll(() => scene.close());

  /** In this process, on a machine with memory for so many models. */
  const start = async (models: number): Promise<string> => {
    const { id, agent: device } = await scene.device();
    const others = processes();
    const availableMemoryMb = (): number => (models - (processes() - others)) * CHILD_MB + MARGIN_MB;
    const limits = { memoryMarginMb: MARGIN_MB };
    const config = AgentConfig.parse({ ...two.config, limits, http: { port: 0 }, minFreeDiskMb: 0 });
    const options = { stateFolder: device.stateFolder, config, log: pino({ level: 'silent' }) };
    agent = await Agent.start({ ...options, availableMemoryMb });
    return id;
  };
  const status = async (): Promise<AgentStatus> =>
    (await (await fetch(`${agent!.httpUrl}/v1/status`)).json()) as AgentStatus;
  const loaded = async (): Promise<number> =>
    (await status()).models.flatMap(({ workers }) => Object.values(workers ?? {})).filter(Boolean).length;

  it('serves two updates that come at once one after the other, each beside its former version', async () => {
    const { fleet } = scene;
    const id = await start(3);
    for (const bundle of [two.tiny, two.other])
      await scene.reached(await fleet.desire(id, bundle), 'committed');
    const updates = [
      await fleet.desire(id, await two.next('tiny', 0.1)),
      await fleet.desire(id, await two.next('other', 0.1)),
    ];
    let most = 0;
    await until('both are committed', async () => {
      most = Math.max(most, await loaded());
      return updates.every((sequence) => fleet.chain(sequence).includes('committed'));
    });
    expect(most).toBe(3);
    for (const sequence of updates) expect(fleet.chain(sequence)).toContain('shadowing');
    await agent!.stop();
    agent = undefined;
    two.expectNothingLost(id);
  });

  it('is taken from a former version’s shadow, and from a comparison that a rollout holds back', async () => {
    const { fleet } = scene;
    const id = await start(3);
    for (const bundle of [two.tiny, two.other])
      await scene.reached(await fleet.desire(id, bundle), 'committed');
    const watched = { ...QUICK_POLICY, shadowAfterActivationSeconds: 3600 };
    const first = await fleet.desire(id, await two.next('tiny', 0.2), watched);
    await scene.reached(first, 'committed');
    await until('the former version shadows', async () => (await loaded()) === 3);
    const held = await two.next('other', 0.2);
    const second = await fleet.desire(id, held, QUICK_POLICY, 'fp32', 'hold');
    await scene.reached(second, 'shadowing');
    const third = await fleet.desire(id, await two.next('tiny', 0.3));
    await scene.reached(third, 'committed');
    const released = await fleet.desire(id, held);
    await scene.reached(released, 'committed');
    await agent!.stop();
    agent = undefined;
    two.expectNothingLost(id);
  });

  it('where there is none, an update takes the place of its own model’s version, never of another’s', async () => {
    const { fleet } = scene;
    const id = await start(2);
    const firsts = [await fleet.desire(id, two.tiny), await fleet.desire(id, two.other)];
    for (const sequence of firsts) await scene.reached(sequence, 'committed');
    const workerOf = async (model: string): Promise<number | null | undefined> =>
      (await status()).models.find((one) => one.model === model)?.workers?.current;
    const before = await workerOf('other');
    const update = await fleet.desire(id, await two.next('tiny', 0.4));
    await scene.reached(update, 'committed');
    expect(fleet.chain(update)).not.toContain('shadowing');
    expect(await workerOf('other')).toBe(before);
    await agent!.stop();
    agent = undefined;
    two.expectNothingLost(id, 'other');
  });

  it('where there is not even that, a first version is refused, and the one that runs goes on', async () => {
    const { fleet } = scene;
    const id = await start(1);
    await scene.reached(await fleet.desire(id, two.tiny), 'committed');
    const second = await fleet.desire(id, two.other);
    await scene.reached(second, 'refused');
    expect(fleet.reasonOf(second)).toBe('memory-budget');
    expect(fleet.lastReport(id, 'other')?.deployment?.reason?.detail).toContain('120 MB are needed');
    await agent!.stop();
    agent = undefined;
    two.expectNothingLost(id);
  });
});
