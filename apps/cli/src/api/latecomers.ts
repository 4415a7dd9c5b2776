import { ApiError, type ApiClient } from '@hamon/api-client';
import { LatecomersView, type RolloutState, type RolloutView } from '@hamon/contracts';

/** No device should get a version that was taken back. */
const TAKEN_BACK = new Set<RolloutState>(['rolling-back', 'rolled-back', 'aborted']);

/** The devices that came too late for a rollout; null where it was taken back, or the server is too old to say. */
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
