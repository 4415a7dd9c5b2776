import type { ReportedSamples } from '@hamon/contracts';
import type { SampleStore } from './sample-store.js';

/** How many pictures are kept, for whoever says so; the link that says it is there before the pictures are looked through. */
export class SampleBoard {
  private store: Pick<SampleStore, 'count' | 'bytes' | 'unsent'> | undefined;

  /** From now on, what is kept here. */
  show(store: Pick<SampleStore, 'count' | 'bytes' | 'unsent'>): void {
    this.store = store;
  }

  /** Undefined where there are none. */
  figures(): ReportedSamples | undefined {
    if (!this.store || this.store.count === 0) return undefined;
    const { count: kept, bytes, unsent } = this.store;
    return { kept, bytes, unsent };
  }
}
