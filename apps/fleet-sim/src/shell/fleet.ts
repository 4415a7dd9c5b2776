import { join } from 'node:path';
import type { Logger } from 'pino';
import {
  assignedModels,
  lockStateFolder,
  modelIn,
  ServerClock,
  type ModelState,
} from '@hamon/agent/protocol';
import { mkdir } from 'node:fs/promises';
import { openDevice } from './open-device.js';
import { pause } from './pause.js';
import { SimDevice, type Scenario } from './sim-device.js';

export interface FleetOptions {
  readonly serverUrl: string;
  readonly token: string | undefined;
  readonly insecure: boolean;
  readonly devices: number;
  /** Devices are named `NAME-00001` and on. */
  readonly name: string;
  readonly stateFolder: string;
  /** Over which all of them are switched on. */
  readonly rampSeconds: number;
  readonly scenario: Scenario;
}

/** What a simulated fleet is doing; devices that are counted under one word are in that state now. */
export interface FleetTotals {
  readonly devices: number;
  readonly enrolled: number;
  readonly online: number;
  /** Refused by the broker for good. */
  readonly shutOut: number;
  /** Models of all devices by the state of their newest deployment; devices without one count as `none`. */
  readonly deployments: Readonly<Record<string, number>>;
  /** Likewise, by current version. */
  readonly versions: Readonly<Record<string, number>>;
  readonly rejectedManifests: number;
  /** Windows and events that the broker has confirmed, and those given up. */
  readonly records: { readonly sent: number; readonly dropped: number };
}

/** A server's enrolments are slow on purpose: each is one transaction on its token. */
const ENROLLING_AT_ONCE = 8;
const CLOCK_EVERY_MS = 10 * 60_000;

/** Many devices in this process. */
export class Fleet {
  private readonly opened: SimDevice[] = [];
  private readonly running: Promise<void>[] = [];
  private readonly clock: ServerClock;
  private readonly startedMs = performance.now();

  constructor(
    private readonly options: FleetOptions,
    private readonly log: Logger,
  ) {
    this.clock = new ServerClock(options.serverUrl);
  }

  /**
   * Until `signal` is aborted and every device has taken leave.
   * @throws AgentError as {@link openDevice} does for the first device that cannot be enrolled, `already-running` for a
   * state folder in use, and what breaks a device
   */
  async run(signal: AbortSignal): Promise<void> {
    const { stateFolder, devices } = this.options;
    await mkdir(stateFolder, { recursive: true });
    const release = await lockStateFolder(join(stateFolder, 'lock'));
    const broken = new AbortController();
    const ending = AbortSignal.any([signal, broken.signal]);
    const faults: unknown[] = [];
    const orEnd = (work: Promise<void>): Promise<void> =>
      work.catch((cause: unknown) => {
        faults.push(cause);
        broken.abort();
      });
    try {
      await this.clock.measure(signal);
      const clock = this.keepClock(ending);
      let next = 0;
      const openers = Array.from({ length: Math.min(ENROLLING_AT_ONCE, devices) }, async () => {
        while (next < devices && !ending.aborted) await this.switchOn(next++, ending, orEnd);
      });
      await Promise.all(openers.map(orEnd));
      await Promise.all(this.running);
      // With no device left to end, the fleet is there until it is told.
      await clock;
    } finally {
      await release();
    }
    if (faults.length > 0) throw faults[0];
  }

  totals(): FleetTotals {
    const sum = (count: (device: SimDevice) => number): number =>
      this.opened.reduce((total, device) => total + count(device), 0);
    return {
      devices: this.options.devices,
      enrolled: this.opened.length,
      online: sum(({ isOnline }) => Number(isOnline)),
      shutOut: sum(({ shutOut }) => Number(shutOut !== undefined)),
      deployments: tally(this.opened, ({ deployment }) => deployment?.state),
      versions: tally(
        this.opened,
        ({ slots: { current } }) => current && `${current.version.model}@${current.version.version}`,
      ),
      rejectedManifests: sum(({ counts }) => counts.rejectedManifests),
      records: { sent: sum(({ counts }) => counts.sent), dropped: sum(({ counts }) => counts.dropped) },
    };
  }

  private async switchOn(
    index: number,
    signal: AbortSignal,
    orEnd: (work: Promise<void>) => Promise<void>,
  ): Promise<void> {
    const { name, stateFolder, devices, rampSeconds, scenario } = this.options;
    const dueMs = this.startedMs + (rampSeconds * 1000 * index) / devices;
    await pause(dueMs - performance.now(), signal);
    if (signal.aborted) return;
    const id = `${name}-${String(index + 1).padStart(5, '0')}`;
    const enrolling = { ...this.options, clock: this.clock, signal };
    const opened = await openDevice(id, join(stateFolder, id), enrolling).catch((cause: unknown) => {
      // Told to end while it waited for a busy server: it is enrolled the next time.
      if (!signal.aborted) throw cause;
    });
    if (!opened) return;
    const device = await SimDevice.open(opened, scenario, this.clock, this.log);
    this.opened.push(device);
    this.running.push(orEnd(device.run(signal)));
  }

  private async keepClock(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(CLOCK_EVERY_MS, signal);
      if (!signal.aborted) await this.clock.measure(signal);
    }
  }
}

function tally(
  devices: readonly SimDevice[],
  wordOf: (model: ModelState) => string | null | undefined,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of devices) {
    const models = assignedModels(state).flatMap((model) => modelIn(state, model) ?? []);
    const words = models.map((model) => wordOf(model) ?? 'none');
    for (const word of words.length > 0 ? words : ['none']) counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}
