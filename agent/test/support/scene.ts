import { join } from 'node:path';
import type { BundleDocument, DevicePolicy, DeviceReply } from '@hamon/contracts';
import type { TinyModelOptions } from '@hamon/testing';
import { enrol } from '../../src/adapters/enrolment.js';
import { StatePaths } from '../../src/adapters/state-paths.js';
import { AgentProcess } from './agent-process.js';
import { greyImages, temporaryFolder, tinyBundle } from './test-bundles.js';
import { QUICK_POLICY, TestFleet, type PreparedBundle } from './test-fleet.js';
import { until } from './until.js';

/** One fleet with as many devices as a test needs, each with a folder of images to look at. */
export class Scene {
  private readonly agents: AgentProcess[] = [];
  private devices = 0;
  private constructor(
    readonly folder: string,
    readonly fleet: TestFleet,
    readonly images: string,
    private readonly remove: () => Promise<void>,
  ) {}

  static async open(): Promise<Scene> {
    const { path, remove } = await temporaryFolder();
    return new Scene(path, await TestFleet.start(), await greyImages(path), remove);
  }

  async close(): Promise<void> {
    await this.killAgents();
    await this.fleet.stop();
    await this.remove();
  }

  async killAgents(): Promise<void> {
    await Promise.all(this.agents.splice(0).map((agent) => agent.kill()));
  }

  /** An enrolled device whose agent is not started yet. */
  async device(
    config: Record<string, unknown> = {},
    env: Record<string, string> = {},
  ): Promise<{ id: string; agent: AgentProcess }> {
    this.devices += 1;
    const id = `cam-${this.devices}`;
    const state = join(this.folder, id);
    // The command has tests of its own; here it would be one more process for each device.
    const request = { serverUrl: this.fleet.serverUrl, token: 'good', name: id, renew: false };
    await enrol({ ...request, waiting: () => undefined }, new StatePaths(state));
    const source = { kind: 'directory', path: this.images, framesPerSecond: 100 };
    const limits = { chunkTimeoutSeconds: 0.5, chunkAttempts: 3 };
    const agent = new AgentProcess(state, { source, limits, logLevel: 'debug', ...config }, env);
    this.agents.push(agent);
    return { id, agent };
  }

  async bundle(
    version: string,
    model: TinyModelOptions = {},
    overrides: Partial<BundleDocument> = {},
  ): Promise<PreparedBundle> {
    const folder = await tinyBundle(this.folder, version, model, overrides);
    const prepared = await this.fleet.prepare(folder);
    await this.fleet.publishChunks(prepared);
    return prepared;
  }

  /** Two variants of one version, as a control plane would have made bundles of them. */
  async variants(
    version: string,
    second: TinyModelOptions = { bias: Float32Array.of(0, 0.01, 0) },
  ): Promise<PreparedBundle[]> {
    const variant = (name: string) => ({ variants: [{ name, file: `model.${name}.onnx` }] });
    return [
      await this.bundle(version, {}, variant('fp32')),
      await this.bundle(version, second, variant('int8-static')),
    ];
  }

  /** Waits until the device's replies say this of the command; unless said otherwise, one to measure. */
  async replied<K extends DeviceReply['kind'] = 'benchmark'>(
    id: string,
    state: DeviceReply['state'],
    agent?: AgentProcess,
  ): Promise<Extract<DeviceReply, { kind: K }>> {
    const seen = (): string =>
      `${id}: ${JSON.stringify(this.fleet.replyOf(id))}\n${agent?.log.slice(-6000) ?? ''}`;
    // A benchmark takes what others leave of the machine, which may be little.
    await until(`${id} ${state}`, () => this.fleet.replyOf(id)?.state === state, 400_000, seen);
    return this.fleet.replyOf(id) as Extract<DeviceReply, { kind: K }>;
  }

  /** Waits until the deployment of this sequence was in this state. */
  async reached(sequence: number, state: string, agent?: AgentProcess): Promise<void> {
    const seen = (): string =>
      `${sequence}: ${this.fleet.chain(sequence).join(' > ')}\n${agent?.log.slice(-6000) ?? ''}`;
    await until(`${sequence} ${state}`, () => this.fleet.chain(sequence).includes(state), undefined, seen);
  }

  /** A device that runs this bundle, committed. */
  async running(
    bundle: PreparedBundle,
    policy: DevicePolicy = QUICK_POLICY,
    config: Record<string, unknown> = {},
    env: Record<string, string> = {},
  ): Promise<{ id: string; agent: AgentProcess; sequence: number }> {
    const { id, agent } = await this.device(config, env);
    await agent.start();
    const sequence = await this.fleet.desire(id, bundle, policy);
    await this.reached(sequence, 'committed', agent);
    return { id, agent, sequence };
  }

  async current(id: string): Promise<string | undefined> {
    return this.fleet.lastReport(id)?.slots.current?.version;
  }
}
