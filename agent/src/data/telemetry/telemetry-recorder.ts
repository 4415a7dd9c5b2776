import { randomUUID } from 'node:crypto';
import { messageSpec, type TelemetryWindow } from '@hamon/contracts';
import type { MachineMonitor } from '../../machine/machine-monitor.js';
import type { MachineUse } from '../../machine/machine-totals.js';
import type { SkipReason } from '../frame-door.js';
import type { InputFault } from '../frame.js';
import { sameVersion } from '../loaded-model.js';
import { Timeline } from './timeline.js';
import { WindowAccumulator, type WindowSubject } from './window-accumulator.js';

export interface TelemetryRecorderOptions {
  readonly device: string;
  /** Whose frames they are. */
  readonly stream: string;
  /** Gets each window once, when its last frame has settled. */
  readonly onWindow: (window: TelemetryWindow) => void;
  readonly windowSeconds?: number;
  /** What the machine goes through meanwhile; windows say nothing of it if left out. */
  readonly machine?: Pick<MachineMonitor, 'use' | 'worked'> | undefined;
  /** Dates windows; their length is measured by the monotonic clock. */
  readonly now?: () => Date;
}

interface WindowEnd {
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly atInterval: boolean;
  readonly rssMb: Promise<TelemetryWindow['rssMb']>;
  readonly machine: ReturnType<MachineUse['end']> | undefined;
}

/** An open window with the frames that still may write into it. */
class OpenWindow {
  readonly counts: WindowAccumulator;
  readonly use: MachineUse | undefined;
  holders = 0;
  readonly startedMs = performance.now();
  sealed: WindowEnd | undefined;

  constructor(
    public subject: WindowSubject,
    machine: TelemetryRecorderOptions['machine'],
  ) {
    this.counts = new WindowAccumulator(subject, machine?.worked);
    this.use = machine?.use();
  }
}

/** A frame's hold on its window: the window is handed over only after the last hold is released. */
export interface WindowHold {
  readonly counts: WindowAccumulator;
  /** Another hold on the same window, for a shadow run that outlives the answer. */
  again(): WindowHold;
  release(): void;
}

/**
 * Cuts one stream's telemetry into windows. A window is sealed on its interval, when another version answers or shadows, and on
 * stop; a frame counts in the window in which it began, however late it settles, so that no window mixes versions.
 */
export class TelemetryRecorder {
  private readonly options: TelemetryRecorderOptions;
  private readonly timeline: Timeline;
  private windowSeconds: number;
  private current: OpenWindow | null = null;
  private timer: NodeJS.Timeout | undefined;
  private readonly sealed = new Set<OpenWindow>();
  private emptied: (() => void) | undefined;
  private windowCount = 0;

  constructor(options: TelemetryRecorderOptions) {
    this.options = options;
    this.timeline = new Timeline(options.now ?? (() => new Date()));
    this.windowSeconds = options.windowSeconds ?? 10;
  }

  /** Windows handed over since the start. */
  get windows(): number {
    return this.windowCount;
  }

  /** Says who answers and who shadows from now on; seals the window where that changed. */
  serve(subject: WindowSubject | null): void {
    if (this.current && subject && sameSubject(this.current.subject, subject)) {
      // The same version in another child: its memory is measured there from now on.
      this.current.subject = subject;
      return;
    }
    this.seal(false);
    if (subject) this.open(subject);
  }

  setWindowSeconds(seconds: number): void {
    if (seconds === this.windowSeconds) return;
    this.windowSeconds = seconds;
    if (this.current) this.schedule();
  }

  /** Undefined while no version answers. */
  hold(): WindowHold | undefined {
    return this.current ? this.holdOn(this.current) : undefined;
  }

  skip(frames: number, why?: SkipReason): void {
    this.current?.counts.skip(frames, why);
  }

  reject(fault: InputFault): void {
    this.current?.counts.reject(fault);
  }

  /** Seals the last window; settles when every window has been handed over. */
  async close(): Promise<void> {
    this.seal(false);
    if (this.sealed.size === 0) return;
    await new Promise<void>((resolve) => {
      this.emptied = resolve;
    });
  }

  private holdOn(window: OpenWindow): WindowHold {
    window.holders += 1;
    let held = true;
    return {
      counts: window.counts,
      again: () => this.holdOn(window),
      release: () => {
        if (!held) return;
        held = false;
        window.holders -= 1;
        if (window.sealed && window.holders === 0) this.handOver(window);
      },
    };
  }

  private open(subject: WindowSubject): void {
    this.current = new OpenWindow(subject, this.options.machine);
    this.schedule();
  }

  private schedule(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const subject = this.current?.subject;
      this.seal(true);
      if (subject) this.open(subject);
    }, this.windowSeconds * 1000);
    this.timer.unref();
  }

  private seal(atInterval: boolean): void {
    clearTimeout(this.timer);
    const window = this.current;
    if (!window) return;
    this.current = null;
    // Its end is dated first: what is known of the time by then dates its beginning too.
    const endedAt = this.timeline.dateOf(performance.now());
    const startedAt = this.timeline.dateOf(window.startedMs);
    // Measured now: by the time that the last frame has settled, the child may have been stopped.
    window.sealed = {
      ...{ startedAt, endedAt, atInterval },
      ...{ rssMb: memoryOf(window.subject), machine: window.use?.end() },
    };
    this.sealed.add(window);
    if (window.holders === 0) this.handOver(window);
  }

  private handOver(window: OpenWindow): void {
    void this.deliver(window).finally(() => {
      this.sealed.delete(window);
      if (this.sealed.size === 0) this.emptied?.();
    });
  }

  private async deliver({ sealed, counts }: OpenWindow): Promise<void> {
    // A silent interval is news (nothing came); an empty moment between two versions is none.
    if (!sealed || (counts.isEmpty && !sealed.atInterval)) return;
    const body = counts.body();
    const machineOf = await sealed.machine;
    const message: TelemetryWindow = {
      schema: 'hamon.window/2',
      id: randomUUID(),
      device: this.options.device,
      stream: this.options.stream,
      startedAt: sealed.startedAt.toISOString(),
      endedAt: sealed.endedAt.toISOString(),
      ...body,
      rssMb: await sealed.rssMb,
      ...(machineOf && { machine: machineOf(body.latencyMs.sum, body.inferences) }),
    };
    this.windowCount += 1;
    this.options.onWindow(fitted(message));
  }
}

const MIB = 1024 ** 2;

async function memoryOf({ active }: WindowSubject): Promise<TelemetryWindow['rssMb']> {
  const supervisor = process.memoryUsage.rss() / MIB;
  return { supervisor, worker: (await active.host?.rssMb()) ?? 0 };
}

const sameSubject = (a: WindowSubject, b: WindowSubject): boolean =>
  sameVersion(a.active.version, b.active.version) &&
  sameVersion(a.shadow?.model.version, b.shadow?.model.version) &&
  a.shadow?.role === b.shadow?.role;

/** Thousands of pairs of long labels can exceed the message: then the comparison is left out, never the counters. */
function fitted(message: TelemetryWindow): TelemetryWindow {
  const { shadow } = message;
  if (!shadow?.comparison) return message;
  if (Buffer.byteLength(JSON.stringify(message)) <= messageSpec('telemetry').maxBytes) return message;
  const { comparison: _comparison, ...rest } = shadow;
  return { ...message, shadow: rest };
}
