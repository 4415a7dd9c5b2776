import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MAX_MODELS } from '@hamon/contracts';
import { AgentProcess } from './support/agent-process.js';
import { Scene } from './support/scene.js';
import { tinyBundle } from './support/test-bundles.js';
import { TwoModels } from './support/two-models.js';
import { QUICK_POLICY, type PreparedBundle } from './support/test-fleet.js';
import { until } from './support/until.js';

const LONG_SHADOW = { ...QUICK_POLICY, shadow: { minFrames: 1_000_000 } };

describe('a device of two models', () => {
  let scene: Scene;
  let two: TwoModels;
  beforeAll(async () => {
    scene = await Scene.open();
    two = await TwoModels.in(scene);
  });
  afterEach(() => scene.killAgents());
  afterAll(() => scene.close());

  it('answers each stream by its own, and says of each what runs', async () => {
    const { fleet } = scene;
    const { id, agent } = await two.running();
    expect(fleet.lastReport(id)).toMatchObject({
      maxModels: MAX_MODELS,
      streams: [
        { name: 'top', model: 'tiny' },
        { name: 'side', model: 'other' },
      ],
    });
    const status = await agent.status();
    expect(status.models.map(({ model, slots }) => [model, slots.current?.model])).toEqual([
      ['other', 'other'],
      ['tiny', 'tiny'],
    ]);
    await two.untilAnswered(agent, 'tiny');
    await two.untilAnswered(agent, 'other');
    expect(new Set(fleet.windows.map(({ answering, stream }) => `${answering.model} ${stream}`))).toEqual(
      new Set(['tiny top', 'other side']),
    );
    const shown = await AgentProcess.call('status', '--state', agent.stateFolder);
    expect(shown.stdout).toContain('model       other\ncurrent     other@1.0.0');
    expect(shown.stdout).toContain('stream      top: tiny');
  });

  it('updates one while the other goes on: no frame of it is lost, and nothing of it changes', async () => {
    const { fleet } = scene;
    const { id, agent, others } = await two.running();
    const second = await fleet.desire(id, await two.next('tiny', 0.1));
    await scene.reached(second, 'committed', agent);
    await agent.stop();
    expect(fleet.lastReport(id, 'other')?.slots.current?.sequence).toBe(others);
    two.expectNothingLost(id);
    const told = fleet.eventsOf(id).filter(({ version }) => version?.model === 'other');
    expect(told.map(({ kind }) => kind)).toEqual(['activated', 'committed']);
  });

  it('updates both at once', async () => {
    const { fleet } = scene;
    const { id, agent } = await two.running();
    const updates = [
      await fleet.desire(id, await two.next('tiny', 0.2)),
      await fleet.desire(id, await two.next('other', 0.2)),
    ];
    for (const sequence of updates) await scene.reached(sequence, 'committed', agent);
    await agent.stop();
    two.expectNothingLost(id);
  });

  it('goes on with one whose chunks come while those of the other do not', async () => {
    const { fleet } = scene;
    const { id, agent, sequence } = await two.running({ chunkTimeoutSeconds: 0.5, chunkAttempts: 40 });
    const stuck = await two.next('tiny', 0.3);
    const withheld = [...stuck.chunks][0]!;
    await fleet.publishChunk(withheld[0], new Uint8Array(0));
    const first = await fleet.desire(id, stuck);
    await scene.reached(first, 'downloading', agent);
    const second = await fleet.desire(id, await two.next('other', 0.3));
    await scene.reached(second, 'committed', agent);
    expect(fleet.chain(first).at(-1)).toBe('downloading');
    expect(fleet.lastReport(id, 'tiny')?.slots.current?.sequence).toBe(sequence);
    await fleet.publishChunk(...withheld);
    await scene.reached(first, 'committed', agent);
  });

  it('gives up a download that never ends, though it gives its turn away again and again', async () => {
    const { fleet } = scene;
    const { id, agent } = await two.running({ chunkTimeoutSeconds: 0.2, chunkAttempts: 4 });
    const stuck = [await two.next('tiny', 0.4), await two.next('other', 0.4)];
    for (const { chunks } of stuck) await fleet.publishChunk([...chunks][0]![0], new Uint8Array(0));
    const updates = [await fleet.desire(id, stuck[0]!), await fleet.desire(id, stuck[1]!)];
    for (const sequence of updates) {
      await scene.reached(sequence, 'refused', agent);
      expect(fleet.reasonOf(sequence)).toBe('chunk-unavailable');
    }
    await agent.stop();
    two.expectNothingLost(id);
  });

  it('keeps the chunks of one that is on its way when another one’s leftovers are cleared away', async () => {
    const { fleet } = scene;
    const { id, agent } = await two.running({ chunkTimeoutSeconds: 0.5, chunkAttempts: 40 });
    const waiting = await two.next('tiny', 0.5);
    const withheld = [...waiting.chunks][0]!;
    await fleet.publishChunk(withheld[0], new Uint8Array(0));
    const first = await fleet.desire(id, waiting);
    const have = (): number => fleet.lastReport(id, 'tiny')?.deployment?.chunks.have ?? 0;
    await until('all but one are here', () => {
      const { total = 0 } = fleet.lastReport(id, 'tiny')?.deployment?.chunks ?? {};
      return total > 1 && have() === total - 1;
    });
    for (const bias of [0.51, 0.52]) {
      const sequence = await fleet.desire(id, await two.next('other', bias));
      await scene.reached(sequence, 'committed', agent);
    }
    const before = fleet.subscriptions.length;
    await fleet.publishChunk(...withheld);
    await scene.reached(first, 'committed', agent);
    const asked = fleet.subscriptions.slice(before).filter((topic) => topic.includes('/chunk/'));
    expect(asked.filter((topic) => !topic.includes(withheld[0]))).toEqual([]);
  });

  it('loses the child of one, and frames of the other have their answers meanwhile', async () => {
    const { fleet } = scene;
    const { id, agent } = await two.running();
    const worker = (await agent.status()).models.find(({ model }) => model === 'tiny')?.workers?.current;
    process.kill(worker!, 'SIGKILL');
    await until('it is told', () => fleet.kinds(id).includes('worker-crashed'));
    await two.untilAnswered(agent, 'tiny');
    await agent.stop();
    two.expectNothingLost(id, 'other');
  });

  it('measures what it is asked to once no model has a deployment under way, on frames of the measured one', async () => {
    const { fleet } = scene;
    const { id, agent } = await two.running();
    const update = await fleet.desire(id, await two.next('tiny', 0.35), LONG_SHADOW);
    await scene.reached(update, 'shadowing', agent);
    const variants = [await two.next('other', 0.36)];
    const command = await fleet.benchmark(id, variants);
    await scene.replied(command, 'accepted', agent);
    await two.untilAnswered(agent, 'other');
    expect(fleet.replyOf(command)?.state).toBe('accepted');
    await fleet.publishDesired(id, null, 'tiny');
    const { results } = await scene.replied(command, 'succeeded', agent);
    expect(results).toMatchObject([{ variant: 'fp32', figures: { agreement: 1 }, unfit: null }]);
    await agent.stop();
    two.expectNothingLost(id);
  });

  it('refuses a manifest of one under the topic of the other', async () => {
    const { fleet } = scene;
    const { id } = await two.running();
    const manifest = await fleet.sign(id, await two.next('tiny', 0.6));
    await fleet.publishDesired(id, manifest, 'other');
    await until('it is refused', () => fleet.rejectionOf(id, 'other') === 'manifest-foreign-model');
    const told = fleet.eventsOf(id).find(({ kind }) => kind === 'manifest-rejected');
    expect(told).toMatchObject({ model: 'other', version: null, reason: { code: 'manifest-foreign-model' } });
    expect(fleet.rejectionOf(id, 'tiny')).toBeUndefined();
  });
});

describe('a model that is removed', () => {
  let scene: Scene;
  let two: TwoModels;
  beforeAll(async () => {
    scene = await Scene.open();
    two = await TwoModels.in(scene);
  });
  afterEach(() => scene.killAgents());
  afterAll(() => scene.close());
  const bundlesOf = (agent: AgentProcess): Promise<string[]> => readdir(join(agent.stateFolder, 'bundles'));
  const unassign = (id: string, bundle: PreparedBundle) =>
    scene.fleet.desire(id, bundle, QUICK_POLICY, 'fp32', 'unassign');

  it('ends after its last frame, with its processes and files, and the other one answers on', async () => {
    const { fleet } = scene;
    const { id, agent } = await two.running();
    const worker = (await agent.status()).models.find(({ model }) => model === 'other')!.workers!.current!;
    const order = await unassign(id, two.other);
    await until('it is told', () => fleet.kinds(id).includes('unassigned'));
    expect(fleet.eventsOf(id).find(({ kind }) => kind === 'unassigned')?.version?.model).toBe('other');
    expect(() => process.kill(worker, 0)).toThrow();
    await until('its files are gone', async () => {
      return (await bundlesOf(agent)).join() === two.tiny.built.ref.sha256;
    });
    await until('it is reported', () => fleet.lastReport(id, 'other')?.highestSequence === order);
    expect(fleet.lastReport(id, 'other')).toMatchObject({
      slots: { current: null, previous: null, candidate: null },
      deployment: null,
    });
    expect((await agent.status()).models.map(({ model }) => model)).toEqual(['tiny']);
    await two.untilAnswered(agent, 'tiny');
    await agent.stop();
    two.expectNothingLost(id);
  });

  it('while it is offline ends at the next connection, and does not come back by an older manifest', async () => {
    const { fleet } = scene;
    const { id, agent } = await two.running();
    const old = await fleet.sign(id, two.other);
    await fleet.stopBroker();
    const order = await fleet.sign(id, two.other, { order: 'unassign' });
    await fleet.startBroker();
    await fleet.republish();
    await fleet.publishDesired(id, order, 'other');
    await until('it is gone', () => fleet.kinds(id).includes('unassigned'));
    await fleet.publishDesired(id, old, 'other');
    await until('it stays away', () => fleet.rejectionOf(id, 'other') === 'manifest-older');
    await agent.kill();
    await agent.start();
    await two.untilAnswered(agent, 'tiny');
    expect((await agent.state('other')).slots.current).toBeNull();
  });

  it('leaves no files where the agent died before they were removed, also where it was the only one', async () => {
    const { fleet } = scene;
    const { id, agent } = await two.running();
    for (const bundle of [two.tiny, two.other]) await unassign(id, bundle);
    await until('they are gone', () => fleet.kinds(id).filter((kind) => kind === 'unassigned').length === 2);
    await until('with their files', async () => (await bundlesOf(agent)).length === 0);
    await agent.stop();
    await mkdir(join(agent.stateFolder, 'bundles', two.other.built.ref.sha256));
    await agent.start();
    expect(await bundlesOf(agent)).toEqual([]);
  });

  it('in the middle of its update, and comes back by a newer manifest', async () => {
    const { fleet } = scene;
    const { id, agent } = await two.running();
    const update = await two.next('other', 0.7);
    const second = await fleet.desire(id, update, LONG_SHADOW);
    await scene.reached(second, 'shadowing', agent);
    await unassign(id, update);
    const again = await fleet.desire(id, update);
    await scene.reached(again, 'committed', agent);
    await two.untilAnswered(agent, 'other');
    expect((await agent.deviceState()).models['other']?.slots).toMatchObject({
      current: { version: { sequence: again } },
      previous: null,
    });
    await agent.stop();
    two.expectNothingLost(id, 'tiny');
  });

  it(`is one of ${MAX_MODELS} at most: the next is refused in one sentence, until one is removed`, async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.device({ limits: {} });
    await agent.start();
    const names = Array.from({ length: MAX_MODELS + 1 }, (_, i) => `model-${i}`);
    // Its chunks are nowhere: each model is on its way, and none arrives.
    const folder = await tinyBundle(scene.folder, '9.0.0', { bias: Float32Array.of(0, 0.9, 0) });
    const bundle = await fleet.prepare(folder);
    for (const model of names) await fleet.desire(id, { ...bundle, model });
    const last = names.at(-1)!;
    await until('the last is refused', () => fleet.rejectionOf(id, last) === 'manifest-too-many-models');
    expect(fleet.lastReport(id, last)?.rejection?.detail).toContain(`${MAX_MODELS} models`);
    expect(fleet.lastReport(id)?.models).toHaveLength(MAX_MODELS + 1);
    await unassign(id, { ...bundle, model: 'model-3' });
    await fleet.desire(id, { ...bundle, model: last });
    await until('there is room for it', () => fleet.lastReport(id, last)?.deployment?.state === 'assigned');
  });
});

describe('after kill -9 with two models', () => {
  let scene: Scene;
  let two: TwoModels;
  beforeAll(async () => {
    scene = await Scene.open();
    two = await TwoModels.in(scene);
  });
  afterEach(() => scene.killAgents());
  afterAll(() => scene.close());

  it('of the agent in any state of one model’s deployment, both go on', async () => {
    const { fleet } = scene;
    const { id, agent, others } = await two.running();
    const update = await two.next('tiny', 0.8, { delayRounds: 20_000 });
    const withheld = [...update.chunks][0]!;
    await fleet.publishChunk(withheld[0], new Uint8Array(0));
    // A frame that was on its way when the agent was killed is no fault of the version.
    const probation = { ...QUICK_POLICY.probation, maxErrorRate: 1 };
    const second = await fleet.desire(id, update, { ...QUICK_POLICY, probation, shadow: { minFrames: 100 } });
    const killed: (string | undefined)[] = [];
    const killIn = async (state: string): Promise<void> => {
      const onDisk = async () => (await agent.state().catch(() => undefined))?.deployment?.state;
      await until(
        `${state} on disk`,
        async () => (await onDisk()) === state,
        undefined,
        () => agent.log,
      );
      await agent.kill();
      killed.push(await onDisk());
      expect((await agent.state('other')).slots.current?.version.sequence).toBe(others);
      await agent.start();
      await two.untilAnswered(agent, 'other');
    };
    await killIn('downloading');
    await fleet.publishChunk(...withheld);
    for (const state of ['staged', 'shadowing', 'active']) await killIn(state);
    await scene.reached(second, 'committed', agent);
    expect(killed).toEqual(['downloading', 'staged', 'shadowing', 'active']);
    expect(fleet.lastReport(id, 'other')?.slots.current?.sequence).toBe(others);
  });

  it('of an agent of the former release, its model goes on, and gets another one beside it', async () => {
    const { fleet } = scene;
    const { id, agent } = await scene.device(two.config);
    await agent.start();
    const first = await fleet.desire(id, two.tiny);
    await scene.reached(first, 'committed', agent);
    await agent.stop();
    await two.asFormerRelease(agent);
    await agent.start();
    await two.untilAnswered(agent, 'tiny');
    const next = await fleet.desire(id, two.other);
    await scene.reached(next, 'committed', agent);
    expect(await agent.deviceState()).toMatchObject({ schema: 'hamon.agent-state/2', floor: first });
  });
});
