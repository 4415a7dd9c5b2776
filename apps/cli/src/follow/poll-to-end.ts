import type { z } from 'zod';
import type { ApiClient } from '../api/api-client.js';
import { ApiError } from '../api/api-error.js';

/** Something of the server's that goes on for a while: its state under a path, its events below. */
export interface Followed<V> {
  /** `/v1/…` */
  readonly path: string;
  readonly view: z.ZodType<V>;
  readonly hasEnded: (view: V) => boolean;
}

export interface StateFollower<V> {
  onView(view: V): void;
  onConnection(state: 'lost' | 'back'): void;
}

const POLL_MS = 1000;
/** A server that restarts is back before; one that is not is a reason to say so. */
const PATIENCE_MS = 300_000;

/**
 * Asks for something's state until it has ended, and answers how it ended.
 *
 * @throws CliError where the server stays away, refuses, or the person interrupts
 */
export async function pollToEnd<V>(
  api: ApiClient,
  { path, view: schema, hasEnded }: Followed<V>,
  follower: StateFollower<V>,
): Promise<V> {
  let lostAt: number | undefined;
  for (;;) {
    try {
      const view = await api.get(path, schema);
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
