import { ApiError, type ApiClient } from '@hamon/api-client';

/** Something on the server that goes on for a while. */
export interface Followed<V> {
  readonly ask: () => Promise<V>;
  readonly hasEnded: (view: V) => boolean;
}

export interface StateFollower<V> {
  onView(view: V): void;
  onConnection(state: 'lost' | 'back'): void;
}

const POLL_MS = 1000;
/** Longer than a server needs to restart. */
const PATIENCE_MS = 300_000;

/**
 * Asks for something's state until it has ended, and answers how it ended.
 *
 * @throws ApiError where the server stays away, refuses, or the person interrupts
 */
export async function pollToEnd<V>(
  api: ApiClient,
  { ask, hasEnded }: Followed<V>,
  follower: StateFollower<V>,
): Promise<V> {
  let lostAt: number | undefined;
  for (;;) {
    try {
      const view = await ask();
      if (lostAt !== undefined) follower.onConnection('back');
      lostAt = undefined;
      follower.onView(view);
      if (hasEnded(view)) return view;
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (lostAt === undefined) follower.onConnection('lost');
      lostAt ??= performance.now();
      if (performance.now() - lostAt > PATIENCE_MS) throw error;
    }
    await api.pause(POLL_MS);
  }
}

export const isPassing = (error: unknown): boolean => error instanceof ApiError && error.isPassing;
