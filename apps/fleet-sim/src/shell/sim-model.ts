import type { DeviceEvent } from '@hamon/contracts';
import type { SeededRandom } from '@hamon/stats';
import type { Events, ModelKeeper, ModelState, ServerClock, Step } from '@hamon/agent/protocol';
import type { Pace } from '../core/act.js';
import { subjectOf } from '../core/draw-window.js';
import { fateOf, type Fates } from '../core/fate.js';
import { pause } from './pause.js';
import { PlanLoop } from './plan-loop.js';
import { Windows, type DrawnWindow } from './windows.js';

export interface SimModelOptions {
  readonly device: string;
  readonly keeper: ModelKeeper;
  readonly clock: ServerClock;
  readonly random: SeededRandom;
  readonly pace: Pace;
  readonly fates: Fates;
  readonly labels: readonly string[];
  readonly events: Events;
  readonly onWindow: (window: DrawnWindow) => void;
}

const POLICY_LOOK_MS = 5000;
/** Without a version there is no policy that says how long a window is. */
const IDLE_WINDOW_SECONDS = 10;
/** Share of frames on which a failing version errs. */
const FAILING_SHARE = 0.5;

/** One model of a device that is switched on: its plans, and what it says of its frames. */
export class SimModel {
  private readonly loop: PlanLoop;
  private readonly windows: Windows;

  constructor(private readonly options: SimModelOptions) {
    const { device, keeper, clock, random, pace, fates, labels, events } = options;
    this.loop = new PlanLoop({
      ...{ device, keeper, pace, fates, random },
      onDone: (step) => {
        tell(events, step, keeper.state);
        this.turn();
      },
    });
    this.windows = new Windows({
      ...{ device, clock, random, labels },
      framesPerSecond: pace.framesPerSecond,
      errorShareOf: (version) => (fateOf(fates, device, version) === 'failing' ? FAILING_SHARE : 0),
    });
  }

  /** A manifest came that may change the plan. */
  wake(): void {
    this.loop.wake();
  }

  /** Its state may have changed. */
  turn(due?: boolean): void {
    const { keeper } = this.options;
    this.send(this.windows.turn(subjectOf(keeper.state, this.loop.isWatching), due));
  }

  /** Until `signal` is aborted; what breaks its plans ends its windows too. */
  async run(signal: AbortSignal): Promise<void> {
    const ending = new AbortController();
    const end = (): void => ending.abort();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    this.turn();
    try {
      await Promise.all([
        this.loop.run(ending.signal).finally(end),
        this.keepSending(ending.signal).finally(end),
      ]);
    } finally {
      signal.removeEventListener('abort', end);
      this.send(this.windows.turn(undefined));
    }
  }

  /** Once per window's length, each device at another time; a changed policy takes effect within seconds. */
  private async keepSending(signal: AbortSignal): Promise<void> {
    const { random, clock } = this.options;
    await pause(random.next() * this.windowMs, signal);
    this.turn(true);
    while (!signal.aborted) {
      const leftMs = this.windows.startedAt.getTime() + this.windowMs - clock.stamp().getTime();
      if (leftMs > 0) await pause(Math.min(leftMs, POLICY_LOOK_MS), signal);
      else this.turn(true);
    }
  }

  private get windowMs(): number {
    const { current } = this.options.keeper.state.slots;
    return 1000 * (current?.policy.telemetry.windowSeconds ?? IDLE_WINDOW_SECONDS);
  }

  private send(window: DrawnWindow | undefined): void {
    if (window) this.options.onWindow(window);
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

function tell(events: Events, step: Step, { deployment }: ModelState): void {
  const kind = EVENTS[step.kind];
  if (!kind) return;
  const reason = 'reason' in step ? step.reason : null;
  events.tell(kind, { version: deployment?.target.version ?? null, reason });
}
