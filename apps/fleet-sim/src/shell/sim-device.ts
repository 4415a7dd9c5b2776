import { seededRandom, type SeededRandom } from '@hamon/stats';
import { thumbprint } from '@hamon/trust';
import { modelKeeper, StateKeeper, type DeviceState, type ServerClock } from '@hamon/agent/protocol';
import type { Logger } from 'pino';
import type { Pace } from '../core/act.js';
import { hash, type Fates } from '../core/fate.js';
import { secondsOff, secondsOn, type Outages } from '../core/outage.js';
import { MemoryOutbox } from './memory-outbox.js';
import type { OpenedDevice } from './open-device.js';
import { pause } from './pause.js';
import { SimLink } from './sim-link.js';
import { SimModel } from './sim-model.js';
import { SimModels } from './sim-models.js';
import { StateFile } from './state-file.js';

export interface Scenario {
  readonly pace: Pace;
  readonly fates: Fates;
  readonly outages: Outages;
  /** The same for all models, as their bundles are never opened. */
  readonly labels: readonly string[];
  /** Windows and events of one device that wait for a connection; the oldest go first. */
  readonly outboxRecords: number;
}

/**
 * One device: the protocol and the decisions of a real agent, with steps that take time and do nothing. Switched off
 * and on again by its scenario; what it must remember is in its state file.
 */
export class SimDevice {
  private readonly outbox: MemoryOutbox;
  private readonly random: SeededRandom;
  private link: SimLink | undefined;
  private rejectedManifests = 0;

  private constructor(
    private readonly opened: OpenedDevice,
    private readonly scenario: Scenario,
    private readonly clock: ServerClock,
    private readonly log: Logger,
    private readonly keyId: string,
    private readonly keeper: StateKeeper<DeviceState>,
  ) {
    this.outbox = new MemoryOutbox(scenario.outboxRecords);
    this.random = seededRandom(hash(`${scenario.fates.seed} ${opened.identity.device}`));
  }

  static async open(
    opened: OpenedDevice,
    scenario: Scenario,
    clock: ServerClock,
    log: Logger,
  ): Promise<SimDevice> {
    const file = new StateFile(opened.statePath);
    const keyId = await thumbprint(opened.identity.manifestKey);
    const keeper = new StateKeeper(await file.load(), file, () => device.changed());
    const device: SimDevice = new SimDevice(opened, scenario, clock, log, keyId, keeper);
    return device;
  }

  get isOnline(): boolean {
    return this.link?.isOnline ?? false;
  }

  get state(): DeviceState {
    return this.keeper.state;
  }

  get counts(): { readonly sent: number; readonly dropped: number; readonly rejectedManifests: number } {
    const { sent, dropped } = this.outbox;
    return { sent, dropped, rejectedManifests: this.rejectedManifests };
  }

  /** Why the server shut it out for good; undefined where it has not. */
  get shutOut(): string | undefined {
    return this.link?.shutOut;
  }

  private changed: () => void = () => undefined;

  /** Until `signal` is aborted. Rejects on a bug, or where its state cannot be written. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const seconds = secondsOn(this.scenario.outages, this.random.next());
      const off = new AbortController();
      const end = (): void => off.abort();
      signal.addEventListener('abort', end, { once: true });
      void pause(seconds * 1000, off.signal).then(end);
      try {
        await this.live(off.signal);
      } finally {
        signal.removeEventListener('abort', end);
        end();
      }
      if (signal.aborted) return;
      await pause(secondsOff(this.scenario.outages, this.random.next()) * 1000, signal);
    }
  }

  /** From being switched on until being switched off. */
  private async live(signal: AbortSignal): Promise<void> {
    const { device } = this.opened.identity;
    const { opened, clock, keeper, keyId, outbox, random, log } = this;
    const { pace, fates, labels } = this.scenario;
    let frames = 0;
    const models: SimModels = new SimModels({
      keeper,
      make: (model) =>
        new SimModel({
          ...{ device, clock, random, pace, fates, labels },
          keeper: modelKeeper(keeper, model),
          events: link.events,
          onWindow: (window) => {
            frames += window.frames;
            void outbox.add({ kind: 'telemetry', bytes: window.bytes }).then(() => link.send());
          },
        }),
      onRemoved: (model) => link.events.tell('unassigned', { model }),
    });
    const link: SimLink = new SimLink({
      ...{ opened, keyId, keeper, outbox, clock, log },
      frames: () => frames,
      onDesired: (model) => models.get(model)?.wake(),
      onRejected: () => (this.rejectedManifests += 1),
    });
    this.link = link;
    this.changed = () => {
      link.changed();
      models.changed();
    };
    link.events.tell('started');
    link.start();
    try {
      await models.run(signal);
    } finally {
      this.changed = () => undefined;
      await link.stop();
    }
  }
}
