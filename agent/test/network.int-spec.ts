import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from './support/scene.js';
import { QUICK_POLICY, type PreparedBundle } from './support/test-fleet.js';
import { until } from './support/until.js';

describe('a bad network', () => {
  let scene: Scene;
  let v1: PreparedBundle;
  beforeAll(async () => {
    scene = await Scene.open();
    v1 = await scene.bundle('1.0.0');
  });
  afterEach(() => scene.killAgents());
  afterAll(() => scene.close());

  it('holds a download up, and the rest is fetched afterwards, each chunk once', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(v1);
    // Many chunks, of which one comes only after the broker was away and forgot everything.
    const big = { width: 8, height: 8, classes: 3 };
    const next = await scene.bundle('2.0.0', { ...big, bias: Float32Array.of(0, 0.1, 0) });
    const withheld = [...next.chunks][0]!;
    await fleet.publishChunk(withheld[0], new Uint8Array(0));
    const second = await fleet.desire(id, next);
    await until('all but one are here', () => {
      const chunks = fleet.lastReport(id)?.deployment?.chunks;
      return chunks !== undefined && chunks.total > 1 && chunks.have === chunks.total - 1;
    });
    const before = fleet.subscriptions.length;
    await fleet.stopBroker();
    await until('it is offline', async () => (await agent.status()).connected === false);
    await fleet.startBroker();
    await fleet.republish();
    await fleet.publishChunk(...withheld);
    await scene.reached(second, 'committed', agent);
    const asked = fleet.subscriptions.slice(before).filter((topic) => topic.includes('/chunk/'));
    expect(new Set(asked)).toEqual(new Set([asked[0]]));
    expect(asked[0]).toContain(withheld[0]);
  });

  it('costs no frame, and the windows and events come later, each once', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(v1);
    await fleet.stopBroker();
    const { answered } = (await agent.status()).frames;
    await until('it goes on answering', async () => (await agent.status()).frames.answered > answered + 100);
    await agent.kill();
    const restartedAt = new Date().toISOString();
    await agent.start();
    await until('after a restart too', async () => (await agent.status()).frames.answered > 50);
    await fleet.startBroker();
    await fleet.republish();
    await until('it says so', () => fleet.kinds(id).filter((kind) => kind === 'started').length === 2);
    await agent.stop();
    const windows = fleet.windows.filter(({ device }) => device === id);
    expect(new Set(windows.map((window) => window.id)).size).toBeGreaterThan(3);
    const { frames } = fleet.lastReport(id)!;
    const since = windows.filter(({ startedAt }) => startedAt > restartedAt);
    const count = (of: 'inferences' | 'errors') => since.reduce((sum, window) => sum + window[of], 0);
    expect(frames.accepted).toBe(count('inferences') + count('errors'));
    expect(frames.answered).toBe(count('inferences'));
  });

  it('that drops every connection is met with patience', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(v1);
    for (let i = 0; i < 3; i += 1) {
      await until('it is connected', async () => (await agent.status()).connected === true);
      await fleet.dropConnections();
      await until('it noticed', async () => (await agent.status()).connected === false);
    }
    const second = await fleet.desire(id, await scene.bundle('2.0.0', { bias: Float32Array.of(0, 0.2, 0) }));
    await scene.reached(second, 'committed', agent);
    await until(
      'it is online',
      () => fleet.presences.findLast(({ device }) => device === id)?.online === true,
    );
  });

  it.each([5, -5])('does not matter to a device whose clock is %d years off', async (years) => {
    const { fleet } = scene;
    fleet.clockOffsetMs = years * 365 * 86_400_000;
    try {
      const { id, agent, sequence } = await scene.running(v1, QUICK_POLICY);
      expect(fleet.lastReport(id)?.slots.current?.sequence).toBe(sequence);
      // The floor follows what was signed, not a clock that the server does not confirm.
      const { timeFloor, accepted } = await agent.state();
      const { issuedAt } = JSON.parse(Buffer.from(accepted?.jws.payload ?? '', 'base64url').toString('utf8'));
      expect(timeFloor).toBe(issuedAt);
      // What it says is dated for whoever reads it, not by a clock that its server does not share.
      await until('a window came', () => fleet.windows.some(({ device }) => device === id));
      const dates = [
        ...fleet.windows.flatMap(({ device, endedAt }) => (device === id ? [endedAt] : [])),
        ...fleet.eventsOf(id).flatMap(({ kind, at }) => (kind === 'committed' ? [at] : [])),
        fleet.lastReport(id)?.at ?? '',
      ];
      const serverMs = Date.now() + fleet.clockOffsetMs;
      for (const date of dates) expect(Math.abs(Date.parse(date) - serverMs)).toBeLessThan(3_600_000);
    } finally {
      fleet.clockOffsetMs = 0;
    }
  });
});
