import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseTopic } from '@hamon/contracts';
import { AgentProcess } from './support/agent-process.js';
import { Scene } from './support/scene.js';
import { FLEET, QUICK_POLICY } from './support/test-fleet.js';
import { until } from './support/until.js';

const BIAS = Float32Array.of(0, 0.1, 0);

describe('an update', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterEach(() => scene.killAgents());
  afterAll(() => scene.close());

  it('is enrolled once, and says so when asked again', async () => {
    const { fleet, folder } = scene;
    const call = (...more: string[]) =>
      AgentProcess.call('enrol', '--server', fleet.serverUrl, '--state', `${folder}/new`, ...more);
    const bad = await call('--token', 'bad', '--name', 'new');
    expect(bad).toMatchObject({ code: 1 });
    expect(bad.stderr).toContain('the token is not valid');
    const first = await call('--token', 'good', '--name', 'new');
    expect(first).toMatchObject({ code: 0, stdout: `device new of fleet ${FLEET} enrolled\n` });
    const again = await call('--token', 'spent', '--name', 'new');
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain(`device new of fleet ${FLEET} is enrolled already`);
    expect(await call('--token', 'good', '--name', 'other')).toMatchObject({ code: 1 });
  });

  it('goes from a first version to a second one without losing a frame', async () => {
    const { fleet } = scene;
    const v1 = await scene.bundle('1.0.0');
    const { id, agent, sequence: first } = await scene.running(v1);
    expect(fleet.chain(first)).toEqual(expect.arrayContaining(['active', 'committed']));

    const second = await fleet.desire(id, await scene.bundle('2.0.0', { bias: BIAS }));
    await scene.reached(second, 'committed', agent);
    const report = fleet.lastReport(id);
    expect(report?.slots.current).toMatchObject({ version: '2.0.0', sequence: second });
    expect(report?.slots.previous).toMatchObject({ version: '1.0.0', sequence: first });
    expect(fleet.kinds(id)).toEqual(['started', 'activated', 'committed', 'activated', 'committed']);

    expect(await agent.stop()).toBe(0);
    const { frames } = fleet.lastReport(id)!;
    expect(frames.accepted).toBeGreaterThan(40);
    expect(frames.answered).toBe(frames.accepted);
    expect(fleet.presences.at(-1)?.online).toBe(false);
    const windows = fleet.windows.filter(({ device }) => device === id);
    expect(windows.reduce((sum, { inferences }) => sum + inferences, 0)).toBe(frames.accepted);
    expect(windows.some(({ shadow }) => shadow?.role === 'candidate' && shadow.comparison)).toBe(true);
    expect(windows.some(({ shadow }) => shadow?.role === 'previous' && shadow.comparison)).toBe(true);
  });

  it('goes back by a newly signed manifest by moving a pointer, also where no space is left', async () => {
    const { fleet } = scene;
    const v1 = await scene.bundle('1.0.0');
    const { id, agent } = await scene.running(v1);
    await scene.reached(
      await fleet.desire(id, await scene.bundle('2.0.0', { bias: BIAS })),
      'committed',
      agent,
    );

    await agent.stop();
    await agent.restart({ minFreeDiskMb: 1e12 });
    const before = fleet.subscriptions.length;
    const back = await fleet.desire(id, v1, {
      ...QUICK_POLICY,
      shadow: { minFrames: 0 },
      probation: { seconds: 0, minFrames: 0, maxErrorRate: 0.05 },
    });
    await scene.reached(back, 'committed', agent);
    expect(fleet.subscriptions.slice(before).filter((topic) => parseTopic(topic)?.name === 'chunk')).toEqual(
      [],
    );
    expect(fleet.chain(back)).not.toContain('self-tested');
    expect(fleet.chain(back)).not.toContain('shadowing');
    expect(fleet.lastReport(id)?.slots.current).toMatchObject({ version: '1.0.0', sequence: back });
  });

  it('takes the same weights under a new version as a new deployment that fetches no weights', async () => {
    const { fleet } = scene;
    const [v1, v2] = [await scene.bundle('1.0.0'), await scene.bundle('1.0.1')];
    const { id, agent } = await scene.running(v1);
    const before = fleet.subscriptions.length;
    await scene.reached(await fleet.desire(id, v2), 'committed', agent);
    const asked = new Set(fleet.subscriptions.slice(before));
    const weights = v2.built.index.files.find(({ path }) => path.endsWith('.onnx'))!.chunks;
    for (const { sha256 } of weights) expect([...asked].some((topic) => topic.endsWith(sha256))).toBe(false);
  });

  it('takes a renewed manifest of the running bundle as news of the sequence alone', async () => {
    const { fleet } = scene;
    const v1 = await scene.bundle('1.0.0');
    const { id, agent } = await scene.running(v1);
    const before = fleet.subscriptions.length;
    const renewed = await fleet.desire(id, v1);
    await scene.reached(renewed, 'committed', agent);
    expect(fleet.chain(renewed)).toEqual(['committed']);
    expect(fleet.subscriptions.length).toBe(before);
    expect(fleet.lastReport(id)?.slots.current?.sequence).toBe(renewed);
    await until('windows name it', () =>
      fleet.windows.some(({ answering }) => answering.sequence === renewed),
    );
  });

  it('keeps the version that it replaces in its probation where there is no other to go back to', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.device();
    await agent.start();
    const probation = { seconds: 600, minFrames: 0, maxErrorRate: 0.05 };
    const first = await fleet.desire(id, await scene.bundle('1.0.0'), { ...QUICK_POLICY, probation });
    await scene.reached(first, 'active', agent);
    const second = await fleet.desire(id, await scene.bundle('2.0.0', { bias: BIAS }));
    await scene.reached(second, 'committed', agent);
    expect(fleet.lastReport(id)?.slots.previous).toMatchObject({ version: '1.0.0', sequence: first });
  });

  it('drops what is not activated when it is withdrawn', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(await scene.bundle('1.0.0'));
    const endless = { ...QUICK_POLICY, shadow: { minFrames: 1_000_000 } };
    const second = await fleet.desire(id, await scene.bundle('2.0.0', { bias: BIAS }), endless);
    await scene.reached(second, 'shadowing', agent);
    await fleet.publishDesired(id, null);
    await scene.reached(second, 'superseded', agent);
    expect(fleet.lastReport(id)?.slots).toMatchObject({ candidate: null, current: { version: '1.0.0' } });
    await until('its child is gone', async () => (await agent.status()).workers.candidate === null);
  });

  it('follows the newest wish while an older one is under way', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(await scene.bundle('1.0.0'));
    const endless = { ...QUICK_POLICY, shadow: { minFrames: 1_000_000 } };
    const second = await fleet.desire(id, await scene.bundle('2.0.0', { bias: BIAS }), endless);
    await scene.reached(second, 'shadowing', agent);
    const third = await fleet.desire(id, await scene.bundle('3.0.0', { bias: Float32Array.of(0, 0.2, 0) }));
    await scene.reached(third, 'committed', agent);
    expect(fleet.lastReport(id)?.slots).toMatchObject({
      current: { version: '3.0.0' },
      previous: { version: '1.0.0' },
    });
  });

  it('breaks before it makes where memory has no room for two models', async () => {
    const { fleet } = scene;
    const limits = { memoryMarginMb: 1_000_000_000 };
    const { id, agent } = await scene.running(await scene.bundle('1.0.0'), QUICK_POLICY, { limits });
    const second = await fleet.desire(id, await scene.bundle('2.0.0', { bias: BIAS }));
    await scene.reached(second, 'committed', agent);
    expect(fleet.chain(second)).not.toContain('shadowing');
    // Whoever judges it has to know that no same-frame evidence comes from here.
    expect(fleet.lastReport(id)).toMatchObject({ device: id, roomForTwo: false });
    const refused = await fleet.desire(
      id,
      await scene.bundle('3.0.0', { weights: new Float32Array(3).fill(NaN) }),
    );
    await scene.reached(refused, 'refused', agent);
    await until('2.0.0 answers again', async () => (await agent.status()).workers.current !== null);
    expect(await scene.current(id)).toBe('2.0.0');
  });

  it('shows the device to whoever asks it, running or not', async () => {
    const { id, agent } = await scene.running(await scene.bundle('1.0.0'));
    const ask = () => AgentProcess.call('status', '--state', agent.stateFolder, '--json');
    const running = JSON.parse((await ask()).stdout);
    expect(running).toMatchObject({
      schema: 'hamon.agent-status/1',
      device: id,
      connected: true,
      pid: agent.pid,
    });
    expect(running.slots.current.version).toBe('1.0.0');
    expect(await AgentProcess.call('run', '--state', agent.stateFolder)).toMatchObject({ code: 1 });
    await agent.stop();
    const stopped = JSON.parse((await ask()).stdout);
    expect(stopped).toMatchObject({ device: id, connected: false, slots: running.slots });
    expect(stopped.pid).toBeUndefined();
  });
});
