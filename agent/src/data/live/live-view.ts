import type { AnsweredFrame } from '../answered-frame.js';
import { takeHeatMap } from '../heat-maps.js';
import { Places } from '../../places.js';
import type { ShownFrame } from './live-picture.js';
import { LiveStream, type Viewer } from './live-stream.js';

/** At once, of all streams together: each one costs a connection and its pictures. */
export const MAX_VIEWERS = 8;
/** Single pictures that are waited for at once. */
const MAX_SNAPSHOTS = 16;

export interface Watching {
  readonly leave: () => void;
  /** To be called when the viewer can take pictures again. */
  readonly onFree: () => void;
}

/** Who looks at which stream. Of a stream that nobody looks at, nothing is kept, decoded or drawn. */
export class LiveView {
  private readonly streams = new Map<string, LiveStream>();
  /** Pictures are drawn one after the other: models go before people. */
  private readonly turn = new Places(1);
  private readonly snapshots = new Places(MAX_SNAPSHOTS);
  private readonly leaving = new AbortController();
  private drawnPictures = 0;

  constructor(private readonly draw: (frame: ShownFrame) => Promise<Uint8Array>) {}

  /** Since the agent was started. */
  get pictures(): number {
    return this.drawnPictures;
  }

  get viewers(): number {
    return [...this.streams.values()].reduce((sum, { viewerCount }) => sum + viewerCount, 0);
  }

  /** Told of every frame of every stream. */
  readonly see = ({ frame, record }: AnsweredFrame): void => {
    // Taken also where nobody looks: others keep answers for long, and with them the outputs that it is made of.
    const heatMap = record.result && takeHeatMap(record.result.output);
    if (frame.kind === 'tensor') return;
    this.streams.get(record.stream)?.see({ frame, record, ...(heatMap && { heatMap }) });
  };

  /** Undefined, and no viewer is made, where too many look already. */
  join(stream: string, makeViewer: () => Viewer): Watching | undefined {
    if (this.viewers >= MAX_VIEWERS || this.leaving.signal.aborted) return undefined;
    const live = this.of(stream);
    return { leave: live.join(makeViewer()), onFree: () => live.showSoon() };
  }

  /** `busy` where too many wait already, undefined where no frame comes in time. */
  async snapshot(stream: string, signal: AbortSignal): Promise<Uint8Array | 'busy' | undefined> {
    const place = this.snapshots.tryTake();
    if (!place || this.leaving.signal.aborted) return 'busy';
    try {
      return await this.of(stream).snapshot(signal);
    } finally {
      place();
    }
  }

  close(): void {
    this.leaving.abort();
    for (const live of this.streams.values()) live.end();
    this.streams.clear();
  }

  private of(stream: string): LiveStream {
    const known = this.streams.get(stream);
    if (known) return known;
    const live = new LiveStream({
      draw: (frame) => this.drawInTurn(frame),
      onLeft: () => {
        live.end();
        this.streams.delete(stream);
      },
    });
    this.streams.set(stream, live);
    return live;
  }

  private async drawInTurn(frame: ShownFrame): Promise<Uint8Array> {
    const done = await this.turn.take(this.leaving.signal);
    if (!done) throw new Error('the agent stops');
    try {
      this.drawnPictures += 1;
      return await this.draw(frame);
    } finally {
      done();
    }
  }
}
