import { Injectable, type MessageEvent } from '@nestjs/common';
import { Observable } from 'rxjs';
import { hasEnded } from '@hamon/rollout';
import { RolloutBell } from './rollout-bell.js';
import { RolloutEventStore } from './rollout-event.store.js';
import { RolloutService } from './rollout.service.js';

const PAGE = 100;
/** Without a ring, as when another replica decides, this is how late an event may come. */
const POLL_MS = 1000;

/** A rollout's history as it is written. */
@Injectable()
export class RolloutEventStream {
  constructor(
    private readonly service: RolloutService,
    private readonly events: RolloutEventStore,
    private readonly bell: RolloutBell,
  ) {}

  /** Every event behind `after`, each once and in order; completes after the last event of an ended rollout. */
  open(fleet: string, id: string, after: number): Observable<MessageEvent> {
    return new Observable((subscriber) => {
      const abort = new AbortController();
      this.#follow(fleet, id, after, abort.signal, (event) => subscriber.next(event)).then(
        () => subscriber.complete(),
        (cause: unknown) => subscriber.error(cause),
      );
      return () => abort.abort();
    });
  }

  async #follow(
    fleet: string,
    id: string,
    after: number,
    signal: AbortSignal,
    send: (event: MessageEvent) => void,
  ): Promise<void> {
    let last = after;
    while (!signal.aborted) {
      // Asked before the events are read: what is written between is read in the next turn, never lost.
      const { rollout } = await this.service.find(fleet, id);
      const ended = hasEnded(rollout.status.state);
      const page = await this.events.after(id, last, PAGE);
      for (const event of page) {
        if (signal.aborted) return;
        send({ id: String(event.seq), type: event.kind, data: event });
        last = event.seq;
      }
      if (page.length === PAGE) continue;
      if (ended) return;
      await this.bell.wait(POLL_MS, signal);
    }
  }
}
