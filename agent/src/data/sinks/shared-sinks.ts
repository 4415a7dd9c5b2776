import type { SinkConfig } from '../../stream-config.js';
import type { ResultSink } from './result-sink.js';

/** Sinks by what they write to: streams that name one file, or the broker, share the sink that is open on it. */
export class SharedSinks {
  private readonly byPlace = new Map<string, ResultSink>();

  /** @param open makes the sink of a place that was not named before */
  constructor(private readonly open: (sink: SinkConfig) => ResultSink) {}

  of(sinks: readonly SinkConfig[]): readonly ResultSink[] {
    return [...new Set(sinks.map((sink) => this.at(sink)))];
  }

  get all(): readonly ResultSink[] {
    return [...this.byPlace.values()];
  }

  private at(sink: SinkConfig): ResultSink {
    const place = sink.kind === 'jsonl' ? `jsonl ${sink.path}` : sink.kind;
    const known = this.byPlace.get(place);
    if (known) return known;
    const opened = this.open(sink);
    this.byPlace.set(place, opened);
    return opened;
  }
}
