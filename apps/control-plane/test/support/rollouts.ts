import type { RolloutView } from '@hamon/contracts';
import { eventually } from './eventually.js';
import type { CallablePlane } from './test-control-plane.js';

export const rolloutOf = async (plane: CallablePlane, id: string): Promise<RolloutView> =>
  (await plane.call<RolloutView>('GET', `/v1/rollouts/${id}`)).body;

export const rolloutReaches = (
  plane: CallablePlane,
  id: string,
  state: RolloutView['state'],
): Promise<RolloutView> =>
  eventually(`${id} is ${state}`, async () => {
    const view = await rolloutOf(plane, id);
    return view.state === state && view;
  });

export const rolloutEnds = (
  plane: CallablePlane,
  id: string,
  within?: { ms: number },
): Promise<RolloutView> =>
  eventually(
    `the end of ${id}`,
    async () => {
      const view = await rolloutOf(plane, id);
      return view.endedAt !== null && view;
    },
    within,
  );
