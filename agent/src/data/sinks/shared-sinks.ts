import type { SinkConfig } from '@hamon/contracts';
import type { ResultSink } from './result-sink.js';

/** Sinks that are open for one stream, perhaps for others too. */
export interface SinkLease {
  readonly sinks: readonly ResultSink[];
  /** Settles when those that nobody else writes to are closed. */
  release(): Promise<void>;
}

interface OpenSink {
  readonly sink: ResultSink;
  readonly settings: string;
  /** Each as often as it has leased it. */
  readonly streams: string[];
}

export interface SharedSinksOptions {
  /** What a sink writes to: streams that name the same share the one that is open on it. */
  readonly placeOf: (config: SinkConfig) => string;
  readonly open: (config: SinkConfig) => ResultSink;
  /** The sink on this place is closed. */
  readonly onClosed?: (place: string) => void;
  /** One stream's view of a sink: what of its records goes there. */
  readonly view: (sink: ResultSink, config: SinkConfig, onHeld: () => void) => ResultSink;
}

export class SharedSinks {
  private readonly byPlace = new Map<string, OpenSink>();
  private readonly heldByName = new Map<string, number>();

  constructor(private readonly options: SharedSinksOptions) {}

  get all(): readonly ResultSink[] {
    return [...this.byPlace.values()].map(({ sink }) => sink);
  }

  /** Defects that a sink was spared, by its kind, since the agent's start. */
  get held(): ReadonlyMap<string, number> {
    return this.heldByName;
  }

  /** Is its place taken by a sink with other settings? That one has to be closed before this one can be opened. */
  isReplacing(config: SinkConfig): boolean {
    const open = this.byPlace.get(this.options.placeOf(config));
    return open !== undefined && open.settings !== settingsOf(config);
  }

  lease(configs: readonly SinkConfig[], stream: string): SinkLease {
    const { placeOf, view } = this.options;
    const places = new Set<string>();
    const sinks = configs.flatMap((config) => {
      const place = placeOf(config);
      if (places.has(place)) return [];
      places.add(place);
      const sink = this.at(place, config, stream);
      sink.expect?.(stream);
      return [view(sink, config, () => this.noteHeld(sink.name))];
    });
    return { sinks, release: () => this.release([...places], stream) };
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((sink) => sink.close()));
  }

  private noteHeld(name: string): void {
    this.heldByName.set(name, (this.heldByName.get(name) ?? 0) + 1);
  }

  private at(place: string, config: SinkConfig, stream: string): ResultSink {
    const settings = settingsOf(config);
    const known = this.byPlace.get(place) ?? { sink: this.options.open(config), settings, streams: [] };
    this.byPlace.set(place, known);
    known.streams.push(stream);
    return known.sink;
  }

  private async release(places: readonly string[], stream: string): Promise<void> {
    const unused = places.flatMap((place) => {
      const entry = this.byPlace.get(place);
      if (!entry) return [];
      const { sink, streams } = entry;
      streams.splice(streams.indexOf(stream), 1);
      if (streams.length > 0) {
        if (!streams.includes(stream)) sink.leave?.(stream);
        return [];
      }
      this.byPlace.delete(place);
      return [{ place, sink }];
    });
    await Promise.all(
      unused.map(async ({ place, sink }) => {
        await sink.close();
        this.options.onClosed?.(place);
      }),
    );
  }
}

/** Without what is each stream's own. */
const settingsOf = ({ when: _when, holdMs: _holdMs, ...settings }: SinkConfig): string =>
  JSON.stringify(settings);
