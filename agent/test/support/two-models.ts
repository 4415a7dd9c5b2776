import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TinyModelOptions } from '@hamon/testing';
import { expect } from 'vitest';
import type { AgentProcess } from './agent-process.js';
import type { Scene } from './scene.js';
import type { PreparedBundle } from './test-fleet.js';
import { until } from './until.js';

type Name = 'tiny' | 'other';

const LIMITS = { chunkTimeoutSeconds: 0.5, chunkAttempts: 40 };

/** Devices with two models, each on a stream of its own. */
export class TwoModels {
  private constructor(
    private readonly scene: Scene,
    readonly tiny: PreparedBundle,
    readonly other: PreparedBundle,
  ) {}

  static async in(scene: Scene): Promise<TwoModels> {
    const other = await scene.bundle('1.0.0', { bias: Float32Array.of(0, 0.05, 0) }, { model: 'other' });
    return new TwoModels(scene, await scene.bundle('1.0.0'), other);
  }

  get config(): Record<string, unknown> {
    const source = { kind: 'directory', path: this.scene.images };
    return {
      source: { kind: 'http' },
      streams: [
        { name: 'top', model: 'tiny', source, framesPerSecond: 100 },
        { name: 'side', model: 'other', source, framesPerSecond: 50 },
      ],
    };
  }

  /** Both run, committed. */
  async running(limits: Record<string, number> = LIMITS): Promise<{
    id: string;
    agent: AgentProcess;
    sequence: number;
    others: number;
  }> {
    const { scene } = this;
    const { id, agent } = await scene.device({ ...this.config, limits });
    await agent.start();
    const sequence = await scene.fleet.desire(id, this.tiny);
    const others = await scene.fleet.desire(id, this.other);
    await scene.reached(sequence, 'committed', agent);
    await scene.reached(others, 'committed', agent);
    return { id, agent, sequence, others };
  }

  /** Version 2.0.0 of one of them. */
  next(model: Name, bias: number, options: TinyModelOptions = {}): Promise<PreparedBundle> {
    return this.scene.bundle('2.0.0', { ...options, bias: Float32Array.of(0, bias, 0) }, { model });
  }

  async untilAnswered(agent: AgentProcess, model: Name): Promise<void> {
    const answered = async (): Promise<number> =>
      (await agent.status()).models.find((one) => one.model === model)?.frames?.answered ?? 0;
    const before = await answered();
    await until(
      `${model} answers`,
      async () => (await answered()) > before,
      undefined,
      () => agent.log.slice(-6000),
    );
  }

  /** After the agent's end: of every frame that was accepted there is an answer, by windows that name the model. */
  expectNothingLost(id: string, model?: Name): void {
    const { fleet } = this.scene;
    const windows = fleet.windows.filter(
      ({ device, answering }) => device === id && (model === undefined || answering.model === model),
    );
    const count = (of: 'inferences' | 'errors'): number =>
      windows.reduce((sum, window) => sum + window[of], 0);
    expect(count('inferences')).toBeGreaterThan(0);
    expect(count('errors')).toBe(0);
    const { frames } = fleet.lastReport(id)!;
    if (model === undefined)
      expect([frames.answered, count('inferences')]).toEqual([frames.accepted, frames.accepted]);
  }

  /** Rewrites its state as an agent of the former release would have left it. */
  async asFormerRelease(agent: AgentProcess): Promise<void> {
    const { models, timeFloor } = await agent.deviceState();
    const { since: _, ...only } = models['tiny']!;
    const state = { schema: 'hamon.agent-state/1', ...only, timeFloor };
    for (const name of ['state.json', 'state.previous.json']) {
      await readFile(join(agent.stateFolder, name));
      await writeFile(join(agent.stateFolder, name), JSON.stringify(state));
    }
  }
}
