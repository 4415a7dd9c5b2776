import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { hasCompressionEnded, type CompressionEventView, type CompressionProgress } from '@hamon/contracts';
import { CompressionEventStore } from './compression-event.store.js';
import { CompressionService } from './compression.service.js';

const PAGE = 100;
const POLL_MS = 500;
/** Proxies cut connections that are silent for a minute or so. */
const SILENT_TURNS = 30;

/** A compression's history as it is written, in the text format of server-sent events. */
@Injectable()
export class CompressionEventStream {
  constructor(
    private readonly service: CompressionService,
    private readonly events: CompressionEventStore,
  ) {}

  /**
   * Every event behind `after`, each once and in order; ends after the last event of an ended job. In between, how far
   * the run is, as events named `position` without an id: they are not told again.
   */
  async *follow(fleet: string, id: string, after: number, signal: AbortSignal): AsyncGenerator<string> {
    let last = after;
    let silent = 0;
    let position = '';
    yield ': begin\n\n';
    while (!signal.aborted) {
      // Asked before the events are read: what is written between is read in the next turn, never lost.
      const { state, progress } = await this.service.get(fleet, id);
      const page = await this.events.after(id, last, PAGE);
      silent += 1;
      for (const event of page) {
        yield frameOf(event);
        last = event.seq;
        silent = 0;
      }
      if (page.length === PAGE) continue;
      if (hasCompressionEnded(state)) return;
      const now = progress === null ? '' : positionOf(progress);
      if (now !== position) {
        yield now;
        silent = 0;
      }
      position = now;
      if (silent % SILENT_TURNS === SILENT_TURNS - 1) yield ': still here\n\n';
      await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

const frameOf = (event: CompressionEventView): string =>
  `id: ${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;

const positionOf = (progress: CompressionProgress): string =>
  `event: position\ndata: ${JSON.stringify(progress)}\n\n`;
