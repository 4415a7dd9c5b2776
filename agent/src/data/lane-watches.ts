import type { TellCondition } from '../conditions.js';
import { FrameWatch } from './frame-watch.js';
import { JointConditions } from './joint-conditions.js';
import type { Lane } from './lane.js';

/** A lane and who serves it. */
export interface WatchedLane {
  readonly lane: Lane;
  readonly model: string;
  readonly serving: () => number | null;
  readonly hasSource: boolean;
}

export interface LaneWatchesOptions {
  /** All there are now; they come and go with models. */
  readonly lanes: () => readonly WatchedLane[];
  readonly tell: TellCondition;
}

const LOOK_MS = 10_000;

/** Every few seconds a look at the frames of each stream. */
export class LaneWatches {
  private readonly watches = new Map<Lane, { readonly watch: FrameWatch; readonly name: string }>();
  private readonly conditions: JointConditions;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: LaneWatchesOptions) {
    this.conditions = new JointConditions(options.tell);
  }

  start(): void {
    this.look();
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  look(): void {
    const lanes = this.options.lanes();
    const here = new Set(lanes.map(({ lane }) => lane));
    for (const [lane, { name }] of this.watches) {
      if (here.has(lane)) continue;
      this.watches.delete(lane);
      this.conditions.leave(name);
    }
    for (const watched of lanes) this.watchOf(watched).look();
  }

  private watchOf({ lane, model, serving, hasSource }: WatchedLane): FrameWatch {
    const known = this.watches.get(lane);
    if (known) return known.watch;
    const name = `${model} on ${lane.stream}`;
    const watch = new FrameWatch({
      ...{ serving, hasSource, tell: this.conditions.part(name) },
      counters: () => lane.frames.read(),
    });
    this.watches.set(lane, { watch, name });
    return watch;
  }
}
