import { Injectable } from '@nestjs/common';
import type { RolloutEventView } from '@hamon/contracts';
import { hasEnded } from '@hamon/rollout';
import { RolloutBell } from './rollout-bell.js';
import { RolloutEventStore } from './rollout-event.store.js';
import { RolloutService } from './rollout.service.js';

const PAGE = 100;
/** Without a ring, as when another replica decides, this is how late an event may come. */
const POLL_MS = 1000;
/** Proxies cut connections that are silent for a minute or so. */
const SILENT_TURNS = 15;

/** A rollout's history as it is written, in the text format of server-sent events. */
@Injectable()
export class RolloutEventStream {
  constructor(
    private readonly service: RolloutService,
    private readonly events: RolloutEventStore,
    private readonly bell: RolloutBell,
  ) {}

  /** Every event behind `after`, each once and in order; ends after the last event of an ended rollout. */
  async *follow(fleet: string, id: string, after: number, signal: AbortSignal): AsyncGenerator<string> {
    let last = after;
    let silent = 0;
    yield ': begin\n\n';
    while (!signal.aborted) {
      // Asked before the events are read: what is written between is read in the next turn, never lost.
      const { rollout } = await this.service.find(fleet, id);
      const page = await this.events.after(id, last, PAGE);
      for (const event of page) {
        yield frameOf(event);
        last = event.seq;
      }
      if (page.length === PAGE) continue;
      if (hasEnded(rollout.status.state)) return;
      silent = page.length > 0 ? 0 : silent + 1;
      if (silent % SILENT_TURNS === SILENT_TURNS - 1) yield ': still here\n\n';
      await this.bell.wait(POLL_MS, signal);
    }
  }
}

const frameOf = (event: RolloutEventView): string =>
  `id: ${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
