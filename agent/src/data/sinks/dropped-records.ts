import type { TellCondition } from '../../conditions.js';
import type { OnDataEvent } from '../data-events.js';

export interface DroppedRecordsOptions {
  readonly onEvent: OnDataEvent;
  readonly tellCondition: TellCondition;
}

/** Counts what a sink could not hand over, and says why: once a trouble, not once a record. */
export class DroppedRecords {
  private dropped = 0;
  private isInTrouble = false;

  constructor(private readonly options: DroppedRecordsOptions) {}

  get count(): number {
    return this.dropped;
  }

  /** @param why a sentence */
  add(records: number, why: string): void {
    this.dropped += records;
    const detail = `results are dropped: ${why}`;
    this.options.tellCondition('results-dropped', { detail });
    if (this.isInTrouble) return;
    this.isInTrouble = true;
    this.options.onEvent({ kind: 'records-dropped', detail: detail.slice(0, 500) });
  }

  /** A newer one took their place: that is no trouble. */
  replace(records: number): void {
    this.dropped += records;
  }

  /** They are taken again. */
  recover(): void {
    if (!this.isInTrouble) return;
    this.isInTrouble = false;
    this.options.tellCondition('results-dropped', null);
  }
}
