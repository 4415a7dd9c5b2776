import type { TriggerConfig } from '@hamon/contracts';
import { untilAborted } from '../../adapters/until-aborted.js';
import { Places } from '../../places.js';
import type { FrameReader, Taken } from '../sources/frame-source.js';

/** The frame of the moment in which somebody asks. Askings overlap, and a reader takes one call at a time. */
export class AskedReader {
  private readonly turn = new Places(1);
  private coming: Promise<Taken | null> | undefined;

  constructor(
    private readonly reader: Pick<FrameReader, 'latest' | 'fresh'>,
    private readonly frame: TriggerConfig['frame'],
  ) {}

  /** Null where the signal is aborted first. */
  take(signal: AbortSignal): Promise<Taken | null> {
    return this.frame === 'next' ? this.following(signal) : this.newest(signal);
  }

  private async newest(signal: AbortSignal): Promise<Taken | null> {
    const giveBack = await this.turn.take(signal);
    if (!giveBack) return null;
    try {
      return await this.reader.latest(signal);
    } finally {
      giveBack();
    }
  }

  /** Whoever asks while one is awaited gets the same: it comes after both. */
  private async following(signal: AbortSignal): Promise<Taken | null> {
    while (!signal.aborted) {
      this.coming ??= this.reader.fresh(signal).finally(() => (this.coming = undefined));
      const taken = await untilAborted(this.coming, signal);
      if (taken) return taken;
    }
    return null;
  }
}
