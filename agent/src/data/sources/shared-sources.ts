import type { SourceConfig } from '@hamon/contracts';
import type { FrameSource } from './frame-source.js';
import { isShared } from './source-kinds.js';

/** A source that is open for one stream, perhaps for others too. */
export interface SourceLease {
  readonly source: FrameSource;
  /** Settles when it is stopped, where nobody else looks at it. */
  release(): Promise<void>;
}

interface SharedSource {
  readonly source: FrameSource;
  /** In the order in which they came. */
  readonly streams: string[];
}

/** Sources by what they are: streams that name one camera share the one that is open on it. */
export class SharedSources {
  private readonly byPlace = new Map<string, SharedSource>();

  /** @param open is given whose source it is: the stream that has looked at it for longest, while others come and go */
  constructor(private readonly open: (config: SourceConfig, owner: () => string) => FrameSource) {}

  lease(config: SourceConfig, stream: string): SourceLease {
    if (!isShared(config)) {
      const source = this.open(config, () => stream);
      source.start();
      return { source, release: () => source.stop() };
    }
    const place = JSON.stringify(config);
    const entry = this.byPlace.get(place) ?? this.opened(config, stream);
    this.byPlace.set(place, entry);
    if (entry.streams.length === 0) entry.source.start();
    entry.streams.push(stream);
    return { source: entry.source, release: () => this.release(place, stream) };
  }

  private opened(config: SourceConfig, first: string): SharedSource {
    const streams: string[] = [];
    return { streams, source: this.open(config, () => streams[0] ?? first) };
  }

  private async release(place: string, stream: string): Promise<void> {
    const entry = this.byPlace.get(place);
    if (!entry) return;
    const { source, streams } = entry;
    if (streams.length > 1) {
      streams.splice(streams.indexOf(stream), 1);
      return;
    }
    this.byPlace.delete(place);
    await source.stop();
  }
}
