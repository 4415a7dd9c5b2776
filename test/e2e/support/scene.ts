import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelView, RolloutView, type StartRollout } from '@hamon/contracts';
import type { Api } from './api.js';
import { exampleBundle } from './bundles.js';
import { ControlPlane } from './control-plane.js';
import { Device, type DeviceOptions } from './device.js';
import { hamon, type HamonOutcome } from './hamon.js';
import { MODEL } from './root.js';
import { until } from './until.js';

/** Seconds where a factory takes minutes; limits on speed are wide, because the machine of a test is busy. */
const PACE = {
  watchSeconds: 2,
  gate: { minPairedFrames: 60, latency: { minFrames: 40, maxExtraMs: 500 } },
  policy: {
    shadow: { minFrames: 30 },
    probation: { seconds: 1, minFrames: 10 },
    telemetry: { windowSeconds: 0.5 },
    fallback: { enabled: true },
  },
} satisfies Partial<StartRollout>;

const ENDED: readonly RolloutView['state'][] = ['succeeded', 'rolled-back', 'aborted', 'paused'];

export type RolloutRequest = Pick<StartRollout, 'version'> & Partial<StartRollout>;

/** A control plane with the example's two versions released, and devices as a test wants them. */
export class Scene {
  readonly controlPlane: ControlPlane;
  readonly devices: Device[] = [];

  private constructor(readonly folder: string) {
    this.controlPlane = new ControlPlane(join(folder, 'control-plane'));
  }

  static async open(): Promise<Scene> {
    const folder = await mkdtemp(join(tmpdir(), 'hamon-e2e-'));
    // The embedded database may run as another user, who must be able to walk here.
    await chmod(folder, 0o755);
    return new Scene(folder);
  }

  get api(): Api {
    return this.controlPlane.api;
  }

  hamon = (...args: string[]): Promise<HamonOutcome> => {
    const { httpUrl: server, token } = this.api;
    return hamon({ server, token, home: this.folder }, ...args);
  };

  /** Starts the control plane; the second version answers in the cloud. */
  async start(): Promise<void> {
    await this.controlPlane.start();
    await this.api.call('POST', '/v1/models', ModelView, { name: MODEL, task: 'classification' });
    await this.release('1.0.0', exampleBundle('1.0.0'));
    await this.release('2.0.0', exampleBundle('2.0.0'));
    await this.api.call('PUT', `/v1/models/${MODEL}/cloud`, ModelView, { version: '2.0.0' });
  }

  async release(version: string, folder: string): Promise<void> {
    for (const args of [
      ['push', `${MODEL}@${version}`, '--bundle', folder],
      ['release', `${MODEL}@${version}`],
    ]) {
      const { code, stderr } = await this.hamon('model', ...args);
      if (code !== 0) throw new Error(`hamon model ${args.join(' ')}: ${stderr}`);
    }
  }

  /** An enrolled device that has not been started. */
  async enrolled(id: string, options: Omit<DeviceOptions, 'id' | 'folder'> = {}): Promise<Device> {
    const device = new Device({ id, folder: join(this.folder, 'devices'), ...options });
    await device.enrol(this.controlPlane.httpUrl, await this.api.enrolmentToken({ name: id }));
    this.devices.push(device);
    return device;
  }

  /** Hardware with a state of its own that enrols by the token, under whichever id that says. */
  async hardwareFor(id: string, token: string): Promise<Device> {
    const device = new Device({ id, folder: join(this.folder, 'hardware') });
    await device.enrol(this.controlPlane.httpUrl, token);
    this.devices.push(device);
    return device;
  }

  async online(device: Device): Promise<void> {
    await device.start();
    await this.sees(device, true);
  }

  sees = (device: Device, online: boolean): Promise<true> =>
    until(
      `${device.id} is ${online ? 'online' : 'offline'}`,
      async () => (await this.api.device(device.id)).online === online,
      { context: () => this.logs() },
    );

  /** Starts a rollout to these devices, at a test's pace. */
  async rollOut(devices: readonly Device[], { policy, gate, ...request }: RolloutRequest): Promise<string> {
    const { id } = await this.api.call('POST', '/v1/rollouts', RolloutView, {
      model: MODEL,
      where: `id in (${devices.map((device) => device.id).join(',')})`,
      stages: '100%',
      watchSeconds: PACE.watchSeconds,
      gate: { ...PACE.gate, ...gate },
      policy: { ...PACE.policy, ...policy },
      ...request,
    });
    return id;
  }

  /** Waits for a rollout to show something, and answers it. */
  rollout(
    id: string,
    what: string,
    holds: (rollout: RolloutView) => boolean,
    timeoutMs = 180_000,
  ): Promise<RolloutView> {
    let seen: RolloutView | undefined;
    const probe = async (): Promise<RolloutView | false> => {
      seen = await this.api.rollout(id);
      return holds(seen) && seen;
    };
    const context = (): string => `${JSON.stringify(seen, null, 1)}\n${this.logs()}`;
    return until(`rollout: ${what}`, probe, { timeoutMs, everyMs: 50, context });
  }

  /** How a rollout ended; one that paused ended too, as nobody here would resume it. */
  ended = (id: string): Promise<RolloutView> =>
    this.rollout(id, 'it ends', ({ state }) => ENDED.includes(state), 280_000);

  /** Brings devices to a version, where they are not there yet. */
  async bring(devices: readonly Device[], version: string): Promise<void> {
    const wanting: Device[] = [];
    for (const device of devices) {
      if ((await this.api.device(device.id)).current?.version !== version) wanting.push(device);
    }
    if (wanting.length === 0) return;
    const { state, reason } = await this.ended(await this.rollOut(wanting, { version }));
    if (state !== 'succeeded')
      throw new Error(`${version} could not be rolled out: ${reason}\n${this.logs()}`);
    await Promise.all(wanting.map((device) => device.runs(version)));
  }

  logs(): string {
    return [this.controlPlane, ...this.devices].map(({ program }) => program.tail()).join('\n');
  }

  async close(): Promise<void> {
    await Promise.all(this.devices.map((device) => device.kill()));
    await this.controlPlane.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
