import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSigningKey, signCommand } from '@hamon/trust';
import { randomUUID } from 'node:crypto';
import type { AgentProcess } from '../support/agent-process.js';
import { Scene } from '../support/scene.js';
import { FLEET, type PreparedBundle } from '../support/test-fleet.js';
import { until } from '../support/until.js';

describe('a command', () => {
  let scene: Scene;
  let id: string;
  let agent: AgentProcess;
  let variants: PreparedBundle[];
  beforeAll(async () => {
    scene = await Scene.open();
    ({ id, agent } = await scene.running(await scene.bundle('1.0.0')));
    variants = await scene.variants('2.0.0');
  });
  afterAll(() => scene.close());

  const rejections = (): string[] =>
    scene.fleet
      .eventsOf(id)
      .filter(({ kind }) => kind === 'command-rejected')
      .map(({ detail }) => detail);
  const rejected = (code: string) =>
    until(
      code,
      () => rejections().some((detail) => detail.startsWith(`${code}:`)),
      undefined,
      () => rejections().join('\n'),
    );

  it('that is not for this device, or not signed for it, is not obeyed', async () => {
    const { fleet } = scene;
    await fleet.benchmark(id, variants, { device: 'other' });
    await rejected('command-foreign-device');
    await fleet.benchmark(id, variants, { key: await generateSigningKey() });
    await rejected('command-bad-signature');
    await fleet.command(id, { hello: 1 });
    await rejected('command-malformed');
    await fleet.command(id, { schema: 'hamon.command/1' });
    await rejected('command-unsigned');
    expect(fleet.replies).toEqual([]);
  });

  it('and a manifest are never taken for one another', async () => {
    const { fleet } = scene;
    const before = rejections().length;
    await fleet.command(id, await fleet.sign(id, variants[0]!, { sequence: 1000 }));
    await until('it is rejected', () => rejections().length === before + 1);
    expect(rejections().at(-1)).toMatch(/^command-bad-signature: type "hamon-manifest/);
    const times = {
      issuedAt: new Date().toISOString(),
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    };
    const head = {
      schema: 'hamon.command/1',
      kind: 'cancel',
      fleet: FLEET,
      device: id,
      id: randomUUID(),
    } as const;
    await fleet.publishDesired(id, await signCommand({ ...head, ...times }, fleet.manifestKey));
    await until('it is rejected', () => fleet.rejectionOf(id) === 'manifest-bad-signature');
    expect(await scene.current(id)).toBe('1.0.0');
  });

  it('that expired on its way is answered', async () => {
    const command = await scene.fleet.benchmark(id, variants, { expiresInMs: -1000 });
    expect(await scene.replied(command, 'refused', agent)).toMatchObject({
      reason: { code: 'command-expired' },
    });
  });

  it('is obeyed once, and an older one never', async () => {
    const { fleet } = scene;
    const issuedAt = new Date();
    const command = await fleet.benchmark(id, variants, { issuedAt });
    const first = await scene.replied(command, 'succeeded', agent);
    const said = (): number =>
      fleet.replies.filter((reply) => reply.id === command && reply.state === 'succeeded').length;
    const before = said();
    await fleet.benchmark(id, variants, { issuedAt, id: command });
    await until('it is told again', () => said() > before);
    expect(fleet.replyOf(command)).toEqual(first);

    const older = await fleet.benchmark(id, variants, { issuedAt: new Date(issuedAt.getTime() - 1) });
    expect(await scene.replied(older, 'refused', agent)).toMatchObject({
      reason: { code: 'command-replayed' },
    });
    await agent.stop();
    await agent.start();
    const again = await fleet.benchmark(id, variants, { issuedAt });
    await until('it hears again', async () => (await agent.status()).connected);
    await fleet.benchmark(id, variants, { issuedAt, id: again });
    expect(await scene.replied(again, 'refused', agent)).toMatchObject({
      reason: { code: 'command-replayed' },
    });
  });

  it('whose end nobody heard is told when the connection is back', async () => {
    const { fleet } = scene;
    const command = await fleet.benchmark(id, variants, { plan: { rounds: 20, runs: 200 } });
    // Without a broker it could not fetch what it measures.
    await until('it is timing', () => fleet.replyOf(command)?.progress?.step === 'latency at one thread');
    await fleet.stopBroker();
    await until('it ended', async () => (await agent.benchmark()).open === null);
    await fleet.startBroker();
    expect((await scene.replied(command, 'succeeded', agent)).results).toHaveLength(2);
    await until('it knows that', async () => (await agent.benchmark()).told);
  });

  it('that measures a model which is unfit here says so of that one alone', async () => {
    const unfit = await scene.variants('3.0.0', { weights: new Float32Array(3).fill(NaN) });
    const command = await scene.fleet.benchmark(id, unfit);
    const { results } = await scene.replied(command, 'succeeded', agent);
    expect(results).toMatchObject([
      { variant: 'fp32', unfit: null },
      { variant: 'int8-static', figures: null, unfit: { code: 'output-not-finite' } },
    ]);
  });
});
