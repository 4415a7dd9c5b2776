import type { OnAnswered } from '../answered-frame.js';
import { StreamOutlet } from './stream-outlet.js';

/** The outlet of each stream, made with the first call. Streams are as many as the configuration names. */
export class Outlets {
  private readonly byStream = new Map<string, StreamOutlet>();
  private readonly listeners = new Set<OnAnswered>();

  constructor(private readonly now: () => Date) {}

  of(stream: string): StreamOutlet {
    const known = this.byStream.get(stream);
    if (known) return known;
    const outlet = new StreamOutlet(stream, this.now);
    for (const listener of this.listeners) outlet.listen(listener);
    this.byStream.set(stream, outlet);
    return outlet;
  }

  /** To the frames of all streams, for as long as the agent runs. */
  listen(listener: OnAnswered): void {
    this.listeners.add(listener);
    for (const outlet of this.byStream.values()) outlet.listen(listener);
  }
}
