import { LIVE_SOURCES, type StreamConfig } from '@hamon/contracts';
import type { OnDataEvent } from '../data-events.js';
import type { FrameDoor } from '../frame-door.js';
import type { StreamOutlet } from '../outlets/stream-outlet.js';
import type { FrameReader, SourceState } from '../sources/frame-source.js';
import type { SourceLease } from '../sources/shared-sources.js';
import type { Asked, Trigger, TriggerAnswer } from '../triggers/trigger.js';
import type { FrameTurns } from '../../machine/budget-turns.js';
import { AskedFrames } from './asked-frames.js';
import { BudgetedDoor } from './budgeted-door.js';
import { eachFrame, type Pace } from './pace.js';
import { Pacer } from './pacer.js';
import { playFrames } from './play-frames.js';

export interface RunningStreamParts {
  readonly config: StreamConfig;
  readonly lease: SourceLease;
  readonly door: FrameDoor;
  readonly outlet: StreamOutlet;
  /** Says when a frame is taken; without it they are taken as they come, or at their rate. */
  readonly trigger: Trigger | undefined;
  /** Of frames that come by themselves; those that somebody asks for have to be answered. */
  readonly turns: FrameTurns;
  readonly onEvent: OnDataEvent;
}

/** A stream at work: one source, one pace or trigger, one model at a time. */
export class RunningStream {
  private readonly leaving = new AbortController();
  private readonly readers: readonly FrameReader[];
  private readonly asked: AskedFrames;
  private readonly ended: Promise<void>;

  constructor(private readonly parts: RunningStreamParts) {
    const { config, lease, trigger, door, outlet, turns } = parts;
    const { region } = config;
    const budgeted = new BudgetedDoor(door, turns);
    const reader = lease.source.reader(config.name);
    const forAsked = trigger ? reader : lease.source.reader(config.name);
    this.readers = [...new Set([reader, forAsked])];
    const { frame = 'latest', delayMs = 0, frameTimeoutMs = 2000 } = config.trigger ?? {};
    this.asked = new AskedFrames({
      ...{ reader: forAsked, door, outlet, region },
      config: { frame, delayMs, frameTimeoutMs },
    });
    const { signal } = this.leaving;
    this.ended = trigger
      ? trigger.run((asked) => this.ask(asked), signal)
      : playFrames(
          { reader, region, door: budgeted, pace: paceOf(config, budgeted), kept: () => outlet.kept() },
          signal,
        );
  }

  get config(): StreamConfig {
    return this.parts.config;
  }

  get source(): SourceState {
    return this.parts.lease.source.state;
  }

  /** Takes one frame now, whatever the pace. */
  ask(asked: Asked): Promise<TriggerAnswer> {
    return this.asked.answer(asked);
  }

  /** No frame after this; settles when those under way have their results and the source is given back. */
  async stop(): Promise<void> {
    this.leaving.abort();
    await Promise.all([this.ended, this.asked.stop()]);
    for (const reader of this.readers) reader.close();
    await this.parts.lease.release();
  }
}

/** What a folder plays comes when it is due; of what a camera shows, that which is due is taken. */
function paceOf({ source, framesPerSecond, from }: StreamConfig, door: FrameDoor): Pace {
  const isWatched = (): boolean => door.isWatched;
  const rate = source.kind === 'directory' && !from ? source.framesPerSecond : framesPerSecond;
  const isRated = source.kind === 'directory' || LIVE_SOURCES.includes(source.kind);
  if (rate === undefined || !isRated || from) return eachFrame(isWatched);
  const isPlayed = source.kind === 'directory';
  return new Pacer({
    ...{ framesPerSecond: rate, isWatched },
    ...(isPlayed && { onMissed: (frames) => door.skip(frames) }),
  });
}
