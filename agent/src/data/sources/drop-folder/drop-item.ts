import type { Arrived } from './arrivals.js';
import type { DriveTurns } from './drive-turns.js';
import { readDrop, type DropRead } from './read-drop.js';

/** Whoever answers a folder's files; one for each stream. */
export type Answerer = object;

/** A file on its way through the streams that answer it. */
export class DropItem {
  /** Those that have not answered it yet. */
  private readonly owing: Set<Answerer>;
  private reading: Promise<DropRead> | undefined;
  private answered = false;
  /** It is not there as it was: nobody needs to look at it. */
  isVoid = false;

  constructor(
    readonly arrived: Arrived,
    private readonly folder: string,
    private readonly turns: DriveTurns,
    answerers: Iterable<Answerer>,
  ) {
    this.owing = new Set(answerers);
  }

  /** Read once for all of them. */
  read(): Promise<DropRead> {
    this.reading ??= readDrop(this.folder, this.arrived, this.turns);
    return this.reading;
  }

  /** It is read anew when it is asked for again: nothing of it is held while it waits. */
  forget(): void {
    this.reading = undefined;
  }

  /** This one is done with it. True where it was the last of them. */
  settle(answerer: Answerer, isAnswered: boolean): boolean {
    this.answered ||= isAnswered;
    return this.owing.delete(answerer) && this.owing.size === 0;
  }

  /** Somebody had an answer. */
  get isAnswered(): boolean {
    return this.answered;
  }
}
