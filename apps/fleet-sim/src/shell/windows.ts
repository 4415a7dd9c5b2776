import { randomUUID } from 'node:crypto';
import { encodeMessage, type RunningVersion } from '@hamon/contracts';
import type { SeededRandom } from '@hamon/stats';
import type { ServerClock } from '@hamon/agent/protocol';
import { drawWindow, isSameSubject, type Subject } from '../core/draw-window.js';

export interface WindowsOptions {
  readonly device: string;
  readonly clock: ServerClock;
  readonly random: SeededRandom;
  readonly framesPerSecond: number;
  readonly labels: readonly string[];
  readonly errorShareOf: (version: RunningVersion) => number;
}

export interface DrawnWindow {
  readonly bytes: Uint8Array;
  readonly frames: number;
}

/** One window after the other; another subject closes the open one, as each belongs to one answering version. */
export class Windows {
  private subject: Subject | undefined;
  /** Of the window that is open. */
  startedAt: Date;

  constructor(private readonly options: WindowsOptions) {
    this.startedAt = options.clock.stamp();
  }

  /** @param due its time is over, too; answers what is closed by it, where any frame came */
  turn(subject: Subject | undefined, due = false): DrawnWindow | undefined {
    if (!due && isSameSubject(subject, this.subject)) return undefined;
    const drawn = this.subject && this.draw(this.subject);
    this.subject = subject;
    this.startedAt = this.options.clock.stamp();
    return drawn;
  }

  private draw(subject: Subject): DrawnWindow | undefined {
    const { device, clock, random, framesPerSecond, labels, errorShareOf } = this.options;
    const window = drawWindow(
      {
        ...{ id: randomUUID(), device, subject, framesPerSecond, labels },
        startedAt: this.startedAt,
        endedAt: clock.stamp(),
        errorShare: errorShareOf(subject.answering),
      },
      random,
    );
    return window && { bytes: encodeMessage('telemetry', window), frames: window.inferences + window.errors };
  }
}
