import { ApiError, type ApiClient } from '@hamon/api-client';
import { LatecomersView, type RolloutState, type RolloutView } from '@hamon/contracts';

/** Nobody is to be brought into a version that was taken back. */
const TAKEN_BACK = new Set<RolloutState>(['rolling-back', 'rolled-back', 'aborted']);

/** Who came too late for a rollout that goes well; null where that is no question, or the server is too old for it. */
export async function latecomersOf(
  api: ApiClient,
  { id, state }: Pick<RolloutView, 'id' | 'state'>,
): Promise<LatecomersView | null> {
  if (TAKEN_BACK.has(state)) return null;
  return api
    .call('GET /v1/rollouts/{id}/latecomers', LatecomersView, { params: { id } })
    .catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    });
}
