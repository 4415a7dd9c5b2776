import { POSITION_EVENT, type DocumentSchema, type HistoryEvent } from '@hamon/contracts';

const PAGE = 100;
/** Proxies cut connections that are silent for a minute or so. */
const SILENT_MS = 15_000;

/** The history of one subject, which may still grow. */
export interface FollowedHistory {
  /** Of its events, each a document of its own. */
  readonly schema: DocumentSchema;
  look(): Promise<Standing>;
  /** At most `limit` events after `seq`, in order. */
  after(seq: number, limit: number): Promise<readonly HistoryEvent[]>;
  /** Resolves when there may be new events, and when the follower is gone. */
  news(): Promise<void>;
}

/** The state of a history's subject. */
export interface Standing {
  readonly hasEnded: boolean;
  /** How far its run is. */
  readonly position?: object | null;
}

/**
 * A history as it is written, in the text format of server-sent events: every event after `after`, each once and in order,
 * until the last one of an ended subject. In between, the subject's position where it changes.
 */
export async function* followHistory(
  history: FollowedHistory,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let last = after;
  let position = '';
  let spokenAt = 0;
  const say = (text: string): string => {
    spokenAt = performance.now();
    return text;
  };
  yield say(': begin\n\n');
  while (!signal.aborted) {
    // Asked before the events are read: events written in between are read in the next turn, never lost.
    const standing = await history.look();
    const page = await history.after(last, PAGE);
    for (const event of page) {
      last = event.seq;
      yield say(`id: ${event.seq}\n${frameOf(event.kind, { schema: history.schema, ...event })}`);
    }
    if (page.length === PAGE) continue;
    if (standing.hasEnded) return;
    const now = standing.position
      ? frameOf(POSITION_EVENT, { schema: 'hamon.position/1', ...standing.position })
      : '';
    if (now !== position && now !== '') yield say(now);
    position = now;
    if (performance.now() - spokenAt >= SILENT_MS) yield say(': still here\n\n');
    await history.news();
  }
}

const frameOf = (name: string, data: { readonly schema: DocumentSchema }): string =>
  `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
