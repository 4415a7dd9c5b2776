import type { ReportedState } from '@hamon/contracts';
import type { StreamStatus } from './data/streams/streams.js';

type ReportedStreams = NonNullable<ReportedState['streams']>;

const MOST_CHARACTERS = 200;

/** Which streams there are and how they do, for whoever says so; it is known before the streams themselves are open. */
export class StreamBoard {
  private look: () => readonly StreamStatus[] = () => [];

  /** From now on, what these are. */
  show(look: () => readonly StreamStatus[]): void {
    this.look = look;
  }

  rows(): ReportedStreams {
    return this.look().map(({ name, model, source }) => ({
      ...{ name, model },
      ...(source && { state: source.state }),
      ...(source?.detail !== undefined && { detail: source.detail.slice(0, MOST_CHARACTERS) }),
    }));
  }
}
