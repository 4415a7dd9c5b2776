import type { SourceConfig } from '@hamon/contracts';
import type { FrameSource } from './frame-source.js';
import { isShared } from './source-kinds.js';

/** A source that is open for one stream, perhaps for others too. */
export interface SourceLease {
  readonly source: FrameSource;
  /** Settles when it is stopped, where nobody else looks at it. */
  release(): Promise<void>;
}

/** Sources by what they are: streams that name one camera share the one that is open on it. */
export class SharedSources {
  private readonly byPlace = new Map<string, { readonly source: FrameSource; uses: number }>();

  constructor(private readonly open: (config: SourceConfig, stream: string) => FrameSource) {}

  lease(config: SourceConfig, stream: string): SourceLease {
    if (!isShared(config)) {
      const source = this.open(config, stream);
      source.start();
      return { source, release: () => source.stop() };
    }
    const place = JSON.stringify(config);
    const entry = this.byPlace.get(place) ?? { source: this.open(config, stream), uses: 0 };
    this.byPlace.set(place, entry);
    if (entry.uses === 0) entry.source.start();
    entry.uses += 1;
    return { source: entry.source, release: () => this.release(place) };
  }

  private async release(place: string): Promise<void> {
    const entry = this.byPlace.get(place);
    if (!entry) return;
    entry.uses -= 1;
    if (entry.uses > 0) return;
    this.byPlace.delete(place);
    await entry.source.stop();
  }
}
