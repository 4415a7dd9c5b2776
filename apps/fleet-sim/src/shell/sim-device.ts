import type { DeviceEvent } from '@hamon/contracts';
import { seededRandom, type SeededRandom } from '@hamon/stats';
import { thumbprint } from '@hamon/trust';
import {
  StateKeeper,
  type DeviceState,
  type Events,
  type ServerClock,
  type Step,
} from '@hamon/agent/protocol';
import type { Logger } from 'pino';
import type { Pace } from '../core/act.js';
import { subjectOf } from '../core/draw-window.js';
import { fateOf, hash, type Fates } from '../core/fate.js';
import { secondsOff, secondsOn, type Outages } from '../core/outage.js';
import { MemoryOutbox } from './memory-outbox.js';
import type { OpenedDevice } from './open-device.js';
import { pause } from './pause.js';
import { PlanLoop } from './plan-loop.js';
import { SimLink } from './sim-link.js';
import { StateFile } from './state-file.js';
import { Windows, type DrawnWindow } from './windows.js';

export interface Scenario {
  readonly pace: Pace;
  readonly fates: Fates;
  readonly outages: Outages;
  /** The same for all models, as their bundles are never opened. */
  readonly labels: readonly string[];
  /** Windows and events of one device that wait for a connection; the oldest go first. */
  readonly outboxRecords: number;
}

const POLICY_LOOK_MS = 5000;
/** Without a version there is no policy that says how long a window is. */
const IDLE_WINDOW_SECONDS = 10;
/** Share of frames on which a failing version errs. */
const FAILING_SHARE = 0.5;

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
    const link = new SimLink({
      ...{ opened, keyId, keeper, outbox, clock, log },
      frames: () => frames,
      onDesired: () => loop.wake(),
      onRejected: () => (this.rejectedManifests += 1),
    });
    const loop = new PlanLoop({
      ...{ device, keeper, pace, fates, random },
      onDone: (step) => {
        tell(link.events, step, keeper.state);
        turn();
      },
    });
    const windows = new Windows({
      ...{ device, clock, random, labels },
      framesPerSecond: pace.framesPerSecond,
      errorShareOf: (version) => (fateOf(fates, device, version) === 'failing' ? FAILING_SHARE : 0),
    });
    const send = (window: DrawnWindow | undefined): void => {
      if (!window) return;
      frames += window.frames;
      void outbox.add({ kind: 'telemetry', bytes: window.bytes }).then(() => link.send());
    };
    const turn = (due?: boolean): void => send(windows.turn(subjectOf(keeper.state, loop.isWatching), due));
    this.link = link;
    this.changed = () => {
      link.changed();
      turn();
    };
    link.events.tell('started');
    link.start();
    turn();
    const ending = new AbortController();
    const end = (): void => ending.abort();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    try {
      // What breaks one of them ends the other.
      await Promise.all([
        loop.run(ending.signal).finally(end),
        this.keepSending(ending.signal, windows, () => turn(true)).finally(end),
      ]);
    } finally {
      signal.removeEventListener('abort', end);
      send(windows.turn(undefined));
      await link.stop();
      this.changed = () => undefined;
    }
  }

  /** Once per window's length, each device at another time; a changed policy takes effect within seconds. */
  private async keepSending(signal: AbortSignal, windows: Windows, send: () => void): Promise<void> {
    await pause(this.random.next() * this.windowMs, signal);
    send();
    while (!signal.aborted) {
      const leftMs = windows.startedAt.getTime() + this.windowMs - this.clock.stamp().getTime();
      if (leftMs > 0) await pause(Math.min(leftMs, POLICY_LOOK_MS), signal);
      else send();
    }
  }

  private get windowMs(): number {
    const { current } = this.keeper.state.slots;
    return 1000 * (current?.policy.telemetry.windowSeconds ?? IDLE_WINDOW_SECONDS);
  }
}

/** The event that a device reports for a step that was done; null for none. */
const EVENTS: Readonly<Record<Step['kind'], DeviceEvent['kind'] | null>> = {
  assign: null,
  loadCurrent: null,
  fetchIndex: null,
  fetchChunks: null,
  assembleBundle: null,
  stopShadow: null,
  unloadCurrent: null,
  dropCandidate: null,
  loadCandidate: null,
  selfTest: null,
  shadow: null,
  activate: 'activated',
  loadPrevious: null,
  observeProbation: null,
  commit: 'committed',
  refuse: 'refused',
  rollBack: 'rolled-back',
  reinstall: null,
  collectGarbage: null,
};

function tell(events: Events, step: Step, { deployment }: DeviceState): void {
  const kind = EVENTS[step.kind];
  if (!kind) return;
  const reason = 'reason' in step ? step.reason : null;
  events.tell(kind, { version: deployment?.target.version ?? null, reason });
}
