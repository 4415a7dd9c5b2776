import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { hasCompressionEnded } from '@hamon/contracts';
import { followHistory, type FollowedHistory } from '../platform/history/follow-history.js';
import { CompressionEventStore } from './compression-event.store.js';
import { CompressionService } from './compression.service.js';

const POLL_MS = 500;

/** A compression's history as it is written, in the text format of server-sent events, and how far its run is. */
@Injectable()
export class CompressionEventStream {
  constructor(
    private readonly service: CompressionService,
    private readonly events: CompressionEventStore,
  ) {}

  follow(fleet: string, id: string, after: number, signal: AbortSignal): AsyncGenerator<string> {
    const history: FollowedHistory = {
      schema: 'hamon.compression-event/1',
      look: async () => {
        const { state, progress } = await this.service.get(fleet, id);
        return { hasEnded: hasCompressionEnded(state), position: progress };
      },
      after: (seq: number, limit: number) => this.events.after(id, seq, limit),
      news: () => delay(POLL_MS, undefined, { signal }).catch(() => undefined),
    };
    return followHistory(history, after, signal);
  }
}
