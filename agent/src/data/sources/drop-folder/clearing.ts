import { readdir, rm } from 'node:fs/promises';
import type { Arrived } from './arrivals.js';
import type { DriveTurns } from './drive-turns.js';
import { trimDone } from './keep-done.js';
import { checkCanPutAway, DONE, FAILED, isFull, putAway, type Fate } from './put-away.js';
import { pathBelow } from './raw-name.js';

export interface ClearingOptions {
  readonly folder: string;
  readonly after: 'move' | 'delete';
  readonly keepFiles: number;
  readonly keepDays: number;
  /** By which the age of what was put away is told. */
  readonly now: () => Date;
  readonly turns: DriveTurns;
}

export interface Owed {
  readonly arrived: Arrived;
  readonly isAnswered: boolean;
  /** Tells files of one name apart. */
  readonly mark: string;
}

/** Files put away between two looks at what is kept. */
const TRIM_EVERY = 500;
const TRIM_EVERY_MS = 3_600_000;
const LEFT = /^\.hamon-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Puts files away and keeps what was put away within its limits. */
export class Clearing {
  private readonly waiting: Owed[] = [];
  private trimming: Promise<void> = Promise.resolve();
  private trimAtMs = 0;
  private untrimmed = 0;

  constructor(private readonly options: ClearingOptions) {}

  /** Answered, and still in the way. */
  get owed(): number {
    return this.waiting.length;
  }

  /** @throws what the system says where files cannot leave the folder */
  check(): Promise<void> {
    const { folder, after, turns } = this.options;
    return turns(() => checkCanPutAway(folder, after === 'delete' ? ['failed'] : ['done', 'failed']));
  }

  /** @throws what the system says; it is owed then, until `pay` has done it */
  async clear(owed: Owed): Promise<'away' | 'other'> {
    const { folder, after, turns } = this.options;
    const answered: Fate = after === 'delete' ? 'deleted' : 'done';
    const fate = owed.isAnswered ? answered : 'failed';
    try {
      this.untrimmed += 1;
      return await this.withRoom(() => turns(() => putAway(folder, owed.arrived, fate, owed.mark)));
    } catch (cause) {
      this.waiting.push(owed);
      throw cause;
    }
  }

  /** One of those that are owed, if there are any. */
  next(): Owed | undefined {
    return this.waiting.shift();
  }

  trimWhenDue(): void {
    const nowMs = performance.now();
    if (this.untrimmed < TRIM_EVERY && nowMs < this.trimAtMs) return;
    this.untrimmed = 0;
    this.trimAtMs = nowMs + TRIM_EVERY_MS;
    // What cannot be trimmed now is trimmed another time.
    this.trimming = this.trimming.then(() => this.trim(false)).catch(() => undefined);
  }

  /** What was on its way to be deleted when the agent ended. */
  async sweep(): Promise<void> {
    const { folder, turns } = this.options;
    const names = await turns(() => readdir(folder)).catch(() => []);
    for (const name of names.filter((one) => LEFT.test(one))) {
      await turns(() => rm(pathBelow(folder, name), { force: true })).catch(() => undefined);
    }
  }

  /** Settles when nothing of it is under way. */
  async close(): Promise<void> {
    await this.trimming;
  }

  /** A disk that is full of what was put away takes one more when the oldest of it goes. */
  private async withRoom<T>(move: () => Promise<T>): Promise<T> {
    try {
      return await move();
    } catch (cause) {
      if (!isFull(cause)) throw cause;
      await this.trim(true);
      return move();
    }
  }

  private async trim(full: boolean): Promise<void> {
    const { folder, keepFiles: files, keepDays: days, now, turns } = this.options;
    for (const own of [DONE, FAILED]) {
      await trimDone(`${folder}/${own}`, { files, days }, now(), turns, full);
    }
  }
}
