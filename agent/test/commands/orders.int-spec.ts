import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSigningKey } from '@hamon/trust';
import type { AgentProcess } from '../support/agent-process.js';
import { Scene } from '../support/scene.js';
import { until } from '../support/until.js';

describe('an order', () => {
  let scene: Scene;
  let id: string;
  let agent: AgentProcess;
  beforeAll(async () => {
    scene = await Scene.open();
    ({ id, agent } = await scene.device());
    await agent.start();
    await connected();
  });
  afterAll(() => scene.close());

  const connected = () => until('it is connected', async () => (await agent.status()).connected);
  const rejections = () => scene.fleet.kinds(id).filter((kind) => kind === 'command-rejected').length;

  it('is known to whoever reads what the device can do', async () => {
    await until('it reports', () => scene.fleet.lastReport(id)?.orders.includes('restart') === true);
    expect(scene.fleet.lastReport(id)?.orders).toEqual(
      expect.arrayContaining(['configure', 'logs', 'restart']),
    );
  });

  it('to send the log is answered with its newest lines', async () => {
    const order = await scene.fleet.order(id, { kind: 'logs', lines: 2 });
    const { lines } = await scene.replied<'logs'>(order, 'succeeded', agent);
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number) });
  });

  it('under another key is not obeyed', async () => {
    const before = rejections();
    await scene.fleet.order(id, { kind: 'restart' }, { key: await generateSigningKey() });
    await until('it is rejected', () => rejections() > before);
    expect((await agent.status()).pid).toBe(agent.pid);
  });

  it('that expired on its way is answered', async () => {
    const order = await scene.fleet.order(id, { kind: 'restart' }, { expiresInMs: -1 });
    const { reason } = await scene.replied<'restart'>(order, 'refused', agent);
    expect(reason?.code).toBe('command-expired');
  });

  it('to restart ends the agent in order, once, and is done when it is back', async () => {
    const { fleet } = scene;
    const issuedAt = new Date();
    const order = await fleet.order(id, { kind: 'restart' }, { issuedAt });
    await scene.replied<'restart'>(order, 'accepted', agent);
    expect(await agent.ended()).toBe(75);
    expect(fleet.presences.at(-1)).toMatchObject({ device: id, online: false });

    await agent.start();
    await connected();
    // The control plane repeats it until it has heard how it ended.
    await fleet.order(id, { kind: 'restart' }, { issuedAt, id: order });
    await scene.replied<'restart'>(order, 'succeeded', agent);
    expect((await agent.status()).pid).toBe(agent.pid);

    // Somebody who recorded an earlier order, or changed the name of this one, changes nothing.
    const older = await fleet.order(id, { kind: 'restart' }, { issuedAt });
    const { reason } = await scene.replied<'restart'>(older, 'refused', agent);
    expect(reason?.code).toBe('command-replayed');
  });

  it('shows the log of the run before too', async () => {
    const order = await scene.fleet.order(id, { kind: 'logs', lines: 200 });
    const { lines } = await scene.replied<'logs'>(order, 'succeeded', agent);
    const said = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
    const stopping = said.indexOf('stopping');
    expect(stopping).toBeGreaterThanOrEqual(0);
    expect(said.indexOf('agent ready', stopping)).toBeGreaterThan(stopping);
  });

  it('survives a kill between being heard and being obeyed', async () => {
    const { fleet } = scene;
    const issuedAt = new Date();
    const order = await fleet.order(id, { kind: 'restart' }, { issuedAt });
    await scene.replied<'restart'>(order, 'accepted', agent);
    await agent.kill();
    await agent.start();
    await connected();
    await fleet.order(id, { kind: 'restart' }, { issuedAt, id: order });
    await scene.replied<'restart'>(order, 'succeeded', agent);
    expect((await agent.status()).pid).toBe(agent.pid);
  });
});
