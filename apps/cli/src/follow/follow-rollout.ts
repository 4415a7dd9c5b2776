import { setTimeout as sleep } from 'node:timers/promises';
import { RolloutView, type RolloutEventView, type RolloutState } from '@hamon/contracts';
import type { ApiClient } from '../api/api-client.js';
import { ApiError } from '../api/api-error.js';
import { rolloutEvents } from './rollout-events.js';

export interface Follower {
  onView(view: RolloutView): void;
  /** Each event once, in order. */
  onEvent(event: RolloutEventView): void;
  onConnection(state: 'lost' | 'back'): void;
}

const POLL_MS = 1000;
const RECONNECT_MS = 1000;
/** The end of the story may still be on its way when the state already says that it ended. */
const LAST_EVENTS_MS = 3000;
/** A server that restarts is back before; one that is not is a reason to say so. */
const PATIENCE_MS = 300_000;

const ENDED = new Set<RolloutState>(['succeeded', 'rolled-back', 'aborted']);
export const hasEnded = ({ state }: RolloutView): boolean => ENDED.has(state);

/**
 * Follows a rollout to its end and answers how it ended. Events come by a stream, the state by asking; where the stream
 * drops, asking goes on and the stream is resumed after the last event seen.
 *
 * @throws CliError where the server stays away, refuses, or the person interrupts
 */
export async function followRollout(api: ApiClient, id: string, follower: Follower): Promise<RolloutView> {
  const ended = new AbortController();
  const done = new AbortController();
  const signal = AbortSignal.any([api.signal, done.signal]);
  const events = streamEvents(api, id, follower, ended.signal, signal);
  try {
    const last = await pollToEnd(api, id, follower);
    ended.abort();
    await Promise.race([events, sleep(LAST_EVENTS_MS, undefined, { signal }).catch(() => undefined)]);
    return last;
  } finally {
    done.abort();
    await events;
  }
}

async function pollToEnd(api: ApiClient, id: string, follower: Follower): Promise<RolloutView> {
  let lostAt: number | undefined;
  for (;;) {
    try {
      const view = await api.get(`/v1/rollouts/${id}`, RolloutView);
      if (lostAt !== undefined) follower.onConnection('back');
      lostAt = undefined;
      follower.onView(view);
      if (hasEnded(view)) return view;
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (lostAt === undefined) follower.onConnection('lost');
      lostAt ??= Date.now();
      if (Date.now() - lostAt > PATIENCE_MS) throw error;
    }
    await api.pause(POLL_MS);
  }
}

const isPassing = (error: unknown): boolean => error instanceof ApiError && error.isPassing;

/** @param ended aborts when the rollout has ended: what is left to come is there already, and is asked for once */
async function streamEvents(
  api: ApiClient,
  id: string,
  follower: Follower,
  ended: AbortSignal,
  signal: AbortSignal,
): Promise<void> {
  let last = -1;
  for (let isLastRound = false; !isLastRound && !signal.aborted;) {
    isLastRound = ended.aborted;
    try {
      for await (const event of rolloutEvents(api, id, last, signal)) {
        if (event.seq <= last) continue;
        last = event.seq;
        follower.onEvent(event);
      }
    } catch (error) {
      // The state is asked for anyway and reports what is wrong; a stream that is refused for good is not asked again.
      if (!isPassing(error)) return;
    }
    const wake = AbortSignal.any([signal, ended]);
    if (!isLastRound) await sleep(RECONNECT_MS, undefined, { signal: wake }).catch(() => undefined);
  }
}
