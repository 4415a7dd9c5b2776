import { readdir, readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from './support/scene.js';
import { QUICK_POLICY } from './support/test-fleet.js';
import { until } from './support/until.js';

describe("what a device's models may take", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterEach(() => scene.killAgents());
  afterAll(() => scene.close());

  it('is nice level and threads, and an execution provider that falls back, which is told', async () => {
    const models = { tiny: { threads: 3, nice: 15, executionProviders: ['openvino', 'xnnpack'] } };
    const { id, agent } = await scene.running(await scene.bundle('1.0.0'), QUICK_POLICY, {
      resources: { models },
    });
    expect(scene.fleet.lastReport(id)?.executionProvider).toBe('cpu');
    // What does not work here does not make a hardware class.
    expect(scene.fleet.lastReport(id)?.facts.accelerators).not.toContain('xnnpack');
    const refused = scene.fleet.eventsOf(id).filter(({ kind }) => kind === 'resource-refused');
    expect(refused.map(({ model }) => model)).toEqual(['tiny', 'tiny']);
    expect(refused[1]?.detail).toMatch(/^execution provider xnnpack cannot be used: onnxruntime has no /);

    const { workers } = await agent.status();
    const levels = await niceLevels(workers.current ?? 0);
    expect(new Set(levels)).toEqual(new Set([15]));
    expect(await niceLevels(agent.pid)).not.toContain(15);
  });

  it('is told in every window, with heat and energy as far as the machine knows them', async () => {
    const { id } = await scene.running(await scene.bundle('2.0.0'));
    await until('a full window', () =>
      scene.fleet.windows.some(({ device, machine }) => device === id && (machine?.cpuSeconds ?? 0) > 0),
    );
    const windows = scene.fleet.windows.filter(({ device }) => device === id);
    for (const { machine, inferences } of windows) {
      expect(machine?.energy?.joules).toBeGreaterThanOrEqual(0);
      expect('joulesPerInference' in (machine?.energy ?? {})).toBe(inferences > 0);
    }
  });

  it('is a budget of processor time: streams wait for it, and what they miss is counted as that', async () => {
    const { id, agent } = await scene.running(
      await scene.bundle('3.0.0', { delayRounds: 20_000 }),
      { ...QUICK_POLICY, probation: { ...QUICK_POLICY.probation, minFrames: 1 }, shadow: { minFrames: 1 } },
      { resources: { cpu: { budget: 0.1 } } },
    );
    await until('frames left out for the budget', () =>
      scene.fleet.windows.some(({ device, paced = 0 }) => device === id && paced > 0),
    );
    const { frames } = await agent.status();
    expect(frames.paced).toBeGreaterThan(0);
    expect(frames.skipped).toBeGreaterThanOrEqual(frames.paced);
    const metrics = await (await fetch(`${await agent.httpUrl()}/metrics`)).text();
    expect(metrics).toMatch(/hamon_frames_paced_total\{model="tiny",stream="main"\} [1-9]/);
    expect(metrics).toMatch(/hamon_cpu_seconds_total \d/);
    // Who asks for a frame is answered, whatever was used up.
    await expect(
      fetch(`${await agent.httpUrl()}/v1/infer`, {
        method: 'POST',
        headers: { 'content-type': 'image/png' },
        body: await anImage(scene.images),
      }),
    ).resolves.toMatchObject({ status: 200 });
  });
});

/** Field 19 of proc_pid_stat(5), of each thread. */
async function niceLevels(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`);
  const texts = await Promise.all(tasks.map((task) => readFile(`/proc/${pid}/task/${task}/stat`, 'utf8')));
  return texts.map((text) => Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[19 - 3]));
}

async function anImage(folder: string): Promise<Uint8Array<ArrayBuffer>> {
  const [name = ''] = (await readdir(folder)).filter((file) => file.endsWith('.png'));
  return new Uint8Array(await readFile(`${folder}/${name}`));
}
