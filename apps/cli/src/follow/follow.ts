import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '@hamon/api-client';
import type { HistoryEvent } from '@hamon/contracts';
import { followedEvents, type EventsRoute } from './followed-events.js';
import { isPassing, pollToEnd, type Followed, type StateFollower } from './poll-to-end.js';

export interface Follower<V> extends StateFollower<V> {
  /** Each event once, in order. */
  onEvent(event: HistoryEvent): void;
}

/** With a stream of events beside its state. */
export interface FollowedWithEvents<V> extends Followed<V> {
  readonly id: string;
  readonly events: EventsRoute;
}

const RECONNECT_MS = 1000;
/** The last events may still be on their way when the state already says that it ended. */
const LAST_EVENTS_MS = 3000;

/**
 * Follows something to its end and answers how it ended. Events are streamed, the state is polled. Where the stream drops,
 * polling goes on and the stream is resumed after the last event seen.
 *
 * @throws ApiError where the server stays away, refuses, or the person interrupts
 */
export async function follow<V>(
  api: ApiClient,
  followed: FollowedWithEvents<V>,
  follower: Follower<V>,
): Promise<V> {
  const ended = new AbortController();
  const done = new AbortController();
  const signal = AbortSignal.any([api.signal, done.signal]);
  const events = streamEvents(api, followed, follower, ended.signal, signal);
  try {
    const last = await pollToEnd(api, followed, follower);
    ended.abort();
    await Promise.race([events, sleep(LAST_EVENTS_MS, undefined, { signal }).catch(() => undefined)]);
    return last;
  } finally {
    done.abort();
    await events;
  }
}

/** @param ended aborts when it has ended: the remaining events are there by then and are read once more */
async function streamEvents(
  api: ApiClient,
  { id, events }: Pick<FollowedWithEvents<unknown>, 'id' | 'events'>,
  follower: Pick<Follower<unknown>, 'onEvent'>,
  ended: AbortSignal,
  signal: AbortSignal,
): Promise<void> {
  let last = -1;
  for (let isLastRound = false; !isLastRound && !signal.aborted;) {
    isLastRound = ended.aborted;
    try {
      for await (const event of followedEvents(api, events, id, last, signal)) {
        if (event.seq <= last) continue;
        last = event.seq;
        follower.onEvent(event);
      }
    } catch (error) {
      // Polling reports what is wrong; a stream that is refused for good is not opened again.
      if (!isPassing(error)) return;
    }
    const wake = AbortSignal.any([signal, ended]);
    if (!isLastRound) await sleep(RECONNECT_MS, undefined, { signal: wake }).catch(() => undefined);
  }
}
