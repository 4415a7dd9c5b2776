import { z } from 'zod';
import { Timestamp } from '@hamon/contracts';
import { DeviceState, EMPTY_STATE, takesPlace, type KnownModel } from './device-state.js';
import { Accepted, Deployment, EMPTY_MODEL, ModelState, Watch, type Slot } from './model-state.js';

/** `hamon.agent-state/1`, of the former release: one model, though slots may be of two while one takes another's place. */
const FormerState = z.strictObject({
  schema: z.literal('hamon.agent-state/1'),
  slots: ModelState.shape.slots,
  deployment: Deployment.nullable(),
  accepted: Accepted.nullable(),
  watch: Watch.nullable(),
  timeFloor: Timestamp.nullable(),
});
type FormerState = z.infer<typeof FormerState>;

/**
 * Each model gets what is its own. Sequences were counted for the device as a whole, so that the newest is the floor for
 * all other models.
 */
function migrated(former: FormerState): DeviceState {
  const { slots, deployment, accepted, timeFloor } = former;
  const names = [
    slots.current,
    slots.previous,
    slots.candidate,
    deployment?.target,
    accepted?.target,
  ].flatMap((of) => of?.version.model ?? []);
  const models: Record<string, KnownModel> = {};
  for (const [since, model] of [...new Set(names)].entries()) {
    const part = partOf(former, model);
    if (takesPlace(part) || part.accepted || part.deployment) models[model] = { ...part, since };
  }
  return { ...EMPTY_STATE, models, floor: accepted?.sequence ?? 0, timeFloor };
}

function partOf({ slots, deployment, accepted, watch }: FormerState, model: string): ModelState {
  const own = (slot: Slot | null): Slot | null => (slot?.version.model === model ? slot : null);
  const ownDeployment = deployment?.target.version.model === model ? deployment : null;
  const ownAccepted = accepted?.target.version.model === model ? accepted : null;
  const [current, previous, candidate] = [own(slots.current), own(slots.previous), own(slots.candidate)];
  const rest = { ...EMPTY_MODEL, deployment: ownDeployment, accepted: ownAccepted };
  if (current) return { ...rest, slots: { current, previous, candidate }, watch: previous && watch };
  // Another model has taken its place. Until that one has proved itself, the device must not lose this one over it.
  const isUnproven = deployment?.state === 'active';
  return { ...rest, slots: { current: isUnproven ? previous : null, previous: null, candidate } };
}

/** The state as it is on disk; one of the former release becomes this release's as it is read. */
export const StoredState = z.union([DeviceState, FormerState.transform(migrated)]);
