import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inLongRun, runs } from '@hamon/testing';
import { AgentProcess } from '../support/agent-process.js';
import { Scene } from '../support/scene.js';
import { QUICK_POLICY, type PreparedBundle } from '../support/test-fleet.js';
import { until } from '../support/until.js';

/** Far longer than a test looks at it. */
const LONG = { rounds: 100, runs: 1000, budgetSeconds: 3600, deadlineSeconds: 3600 };

/** Children of the agent that no slot has: those that measure. */
async function measuring(agent: AgentProcess): Promise<number[]> {
  const serving = Object.values((await agent.status()).workers);
  const children = execFileSync('ps', ['-o', 'pid=,ppid=,comm=', '-A'], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, name]) => Number(parent) === agent.pid && name !== 'ps')
    .map(([pid]) => Number(pid));
  return children.filter((pid) => !serving.includes(pid));
}

describe('a benchmark makes way, and ends', { timeout: 600_000 }, () => {
  let scene: Scene;
  let v1: PreparedBundle;
  let variants: PreparedBundle[];
  beforeAll(async () => {
    scene = await Scene.open();
    v1 = await scene.bundle('1.0.0');
    variants = await scene.variants('2.0.0');
  });
  afterEach(() => scene.killAgents());
  afterAll(() => scene.close());

  const atTiming = (id: string, agent: AgentProcess) =>
    until(
      'it is timing',
      () => scene.fleet.replyOf(id)?.progress?.step === 'latency at one thread',
      undefined,
      () => `${JSON.stringify(scene.fleet.replyOf(id))}\n${agent.log.slice(-4000)}`,
    );
  const nothingLeft = async (agent: AgentProcess): Promise<void> => {
    const count = async (name: string) => (await readdir(join(agent.stateFolder, 'benchmark', name))).length;
    await until('no child measures', async () => (await measuring(agent)).length === 0);
    await until('its files are gone', async () => (await count('bundles')) + (await count('chunks')) === 0);
  };
  const losesNoFrame = async (id: string, agent: AgentProcess): Promise<void> => {
    await agent.stop();
    const { frames } = scene.fleet.lastReport(id)!;
    expect(frames.accepted).toBeGreaterThan(0);
    expect(frames.answered).toBe(frames.accepted);
  };

  it('when its child is killed: it begins anew, and the serving model does not notice', async () => {
    const { id, agent } = await scene.running(v1);
    const serving = (await agent.status()).workers.current;
    const command = await scene.fleet.benchmark(id, variants, { plan: { rounds: 20, runs: 200 } });
    await atTiming(command, agent);
    for (const pid of await measuring(agent)) process.kill(pid, 'SIGKILL');
    const { results } = await scene.replied(command, 'succeeded', agent);
    expect(results).toHaveLength(2);
    expect((await agent.status()).workers.current).toBe(serving);
    expect(scene.fleet.kinds(id)).not.toContain('worker-crashed');
    await losesNoFrame(id, agent);
  });

  inLongRun(it)('when its children are killed again and again: it gives up and says why', async () => {
    const { id, agent } = await scene.running(v1);
    const command = await scene.fleet.benchmark(id, variants, { plan: LONG });
    let killed = 0;
    await until('it gives up', async () => {
      for (const pid of await measuring(agent)) {
        process.kill(pid, 'SIGKILL');
        killed += 1;
      }
      return scene.fleet.replyOf(command)?.state === 'failed';
    });
    expect(scene.fleet.replyOf(command)?.reason?.code).toBe('worker-crashed');
    expect(killed).toBeGreaterThanOrEqual(3);
    await nothingLeft(agent);
    await losesNoFrame(id, agent);
  });

  it.each((['SIGKILL', 'SIGTERM'] as const).slice(0, runs(1, 2)))(
    'when the agent ends by %s: it goes on with the next one',
    async (signal) => {
      const { id, agent } = await scene.running(v1);
      const command = await scene.fleet.benchmark(id, variants, { plan: { rounds: 30, runs: 200 } });
      await atTiming(command, agent);
      const children = await measuring(agent);
      expect(children.length).toBeGreaterThan(0);
      const ask = (...args: string[]) => AgentProcess.call('status', '--state', agent.stateFolder, ...args);
      const shown = { id: command, model: 'tiny', version: '2.0.0' };
      expect(JSON.parse((await ask('--json')).stdout).benchmark).toMatchObject({
        ...{ ...shown, state: 'running' },
        progress: { done: expect.any(Number), total: expect.any(Number), step: expect.any(String) },
      });
      expect((await ask()).stdout).toMatch(/^benchmark +tiny@2.0.0: .+, \d+ of \d+, until \d{4}-/m);
      await agent.signal(signal);
      expect(JSON.parse((await ask('--json')).stdout).benchmark).toMatchObject({
        ...{ ...shown, state: 'accepted', progress: null },
      });
      const isGone = (pid: number): boolean => {
        try {
          process.kill(pid, 0);
          return false;
        } catch {
          return true;
        }
      };
      await until('its children are gone', () => children.every(isGone));
      await agent.start();
      expect((await scene.replied(command, 'succeeded', agent)).results).toHaveLength(2);
      await nothingLeft(agent);
      expect((await agent.status()).benchmark).toBeNull();
    },
  );

  inLongRun(it)('when the agent dies of it each time: it gives up, and goes on serving', async () => {
    const { id, agent } = await scene.running(v1);
    const command = await scene.fleet.benchmark(id, variants, { plan: LONG });
    for (let life = 1; life <= 3; life += 1) {
      await until('it measures', async () => (await agent.benchmark()).open?.attempts === life);
      await agent.kill();
      await agent.start();
    }
    expect(await scene.replied(command, 'failed', agent)).toMatchObject({ reason: { code: 'gave-up' } });
    await nothingLeft(agent);
    await until('1.0.0 answers', async () => (await agent.status()).workers.current !== null);
  });

  it('when a deployment comes: that goes first', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.running(v1);
    const command = await fleet.benchmark(id, variants, { plan: { rounds: 30, runs: 100 } });
    await atTiming(command, agent);
    const endless = { ...QUICK_POLICY, shadow: { minFrames: 1_000_000 } };
    const second = await fleet.desire(
      id,
      await scene.bundle('3.0.0', { bias: Float32Array.of(0, 0.2, 0) }),
      endless,
    );
    await scene.reached(second, 'shadowing', agent);
    await until('nothing is measured', async () => (await measuring(agent)).length === 0);
    await fleet.publishDesired(id, null);
    await scene.reached(second, 'superseded', agent);
    expect((await scene.replied(command, 'succeeded', agent)).results).toHaveLength(2);
    await losesNoFrame(id, agent);
  });

  it('when it is cancelled: at once, with nothing left of it', async () => {
    const { id, agent } = await scene.running(v1);
    const command = await scene.fleet.benchmark(id, variants, { plan: LONG });
    await atTiming(command, agent);
    await scene.fleet.cancel(id, command);
    await scene.replied(command, 'cancelled', agent);
    await nothingLeft(agent);
    // A repetition of the past is told how it ended, and begins nothing.
    await scene.fleet.cancel(id, command);
    await until(
      'it says so again',
      () => scene.fleet.replies.filter(({ state }) => state === 'cancelled').length > 1,
    );
    await losesNoFrame(id, agent);
  });

  it('when its time is over', async () => {
    const { id, agent } = await scene.running(v1);
    const command = await scene.fleet.benchmark(id, variants, { plan: { ...LONG, deadlineSeconds: 3 } });
    expect(await scene.replied(command, 'failed', agent)).toMatchObject({ reason: { code: 'out-of-time' } });
    await nothingLeft(agent);
  });

  inLongRun(it)('when no frame leaves a moment: the frames go first', async () => {
    const { id, agent } = await scene.device({ source: { kind: 'http' } });
    await agent.start();
    await scene.reached(
      await scene.fleet.desire(id, v1, {
        ...QUICK_POLICY,
        shadow: { minFrames: 0 },
        probation: { seconds: 0, minFrames: 0, maxErrorRate: 0.05 },
      }),
      'committed',
      agent,
    );
    const url = `${await agent.httpUrl()}/v1/infer`;
    let isOver = false;
    let answered = 0;
    const body = new Uint8Array(new Float32Array(64).buffer);
    // Two that ask without a pause: there is always one under way.
    const ask = async (): Promise<void> => {
      while (!isOver) {
        const answer = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream' },
          body,
        });
        expect(answer.status).toBe(200);
        answered += 1;
        await answer.arrayBuffer();
      }
    };
    const asking = [ask(), ask(), ask()];
    const command = await scene.fleet.benchmark(id, variants, { plan: { ...LONG, deadlineSeconds: 4 } });
    const { reason } = await scene.replied(command, 'failed', agent);
    isOver = true;
    await Promise.all(asking);
    expect(reason?.code).toBe('out-of-time');
    expect(answered).toBeGreaterThan(0);
  });

  it('when a chunk is nowhere', async () => {
    const { id, agent } = await scene.running(v1);
    const missing = await scene.variants('4.0.0', { bias: Float32Array.of(0, 0.5, 0) });
    for (const sha256 of missing[1]!.chunks.keys()) await scene.fleet.publishChunk(sha256, new Uint8Array(0));
    const command = await scene.fleet.benchmark(id, missing);
    expect(await scene.replied(command, 'failed', agent)).toMatchObject({
      reason: { code: 'chunk-unavailable' },
    });
    await nothingLeft(agent);
  });

  it('when disk or memory would get short: before it begins', async () => {
    const disk = await scene.running(v1);
    await disk.agent.stop();
    await disk.agent.restart({ minFreeDiskMb: 1e9 });
    await until('it hears', async () => (await disk.agent.status()).connected);
    const first = await scene.fleet.benchmark(disk.id, variants);
    expect(await scene.replied(first, 'refused', disk.agent)).toMatchObject({
      reason: { code: 'disk-full' },
    });

    const memory = await scene.running(v1, QUICK_POLICY, { limits: { memoryMarginMb: 1e9 } });
    const second = await scene.fleet.benchmark(memory.id, variants);
    expect(await scene.replied(second, 'refused', memory.agent)).toMatchObject({
      reason: { code: 'no-memory' },
    });
    await nothingLeft(memory.agent);
    await losesNoFrame(memory.id, memory.agent);
  });
});
