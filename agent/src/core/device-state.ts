import { z } from 'zod';
import { isTerminal, MAX_KNOWN_MODELS, ModelName, Timestamp } from '@hamon/contracts';
import { desiredBy, newerWish } from './desired-state.js';
import { isRemoved, ModelState } from './model-state.js';

/** One of the models that a device knows. */
export const KnownModel = ModelState.extend({
  /** Counts models in the order in which the device first heard of them. */
  since: z.int().min(0),
});
export type KnownModel = z.infer<typeof KnownModel>;

/** All that must survive a power cut, `hamon.agent-state/2`. */
export const DeviceState = z.strictObject({
  schema: z.literal('hamon.agent-state/2'),
  models: z
    .record(ModelName, KnownModel)
    .refine((models) => Object.keys(models).length <= MAX_KNOWN_MODELS, 'too many models'),
  /** A manifest of a model that the device does not know must be above this. */
  floor: z.int().min(0),
  /** No verified manifest was issued later than this, and time does not run backwards. */
  timeFloor: Timestamp.nullable(),
});
export type DeviceState = z.infer<typeof DeviceState>;

export const EMPTY_STATE: DeviceState = {
  schema: 'hamon.agent-state/2',
  models: {},
  floor: 0,
  timeFloor: null,
};

/** A model may have the name of a property that every object has. */
export const modelIn = ({ models }: Pick<DeviceState, 'models'>, model: string): KnownModel | undefined =>
  Object.hasOwn(models, model) ? models[model] : undefined;

/** The same object where nothing changes; a model that is not known stays so. */
export function withModel(
  state: DeviceState,
  model: string,
  change: (known: ModelState) => ModelState,
): DeviceState {
  const known = modelIn(state, model);
  if (!known) return state;
  const next = change(known);
  if (next === known) return state;
  return { ...state, models: { ...state.models, [model]: { ...next, since: known.since } } };
}

export const modelsOf = ({ models }: DeviceState): readonly (readonly [string, KnownModel])[] =>
  Object.entries(models).sort(([, a], [, b]) => a.since - b.since);

/** Those that it has not removed. */
export const assignedModels = (state: DeviceState): readonly string[] =>
  modelsOf(state).flatMap(([model, known]) => (isRemoved(known) ? [] : [model]));

/** The one that answers where nothing says which. */
export const earliestModel = (state: DeviceState): string | null =>
  modelsOf(state).find(([, known]) => takesPlace(known))?.[0] ?? assignedModels(state)[0] ?? null;

/**
 * Those that answer frames; before one does, those that are on their way. A model that is being installed beside another, or
 * of which nothing came, changes nothing for who asks without naming one.
 */
export function answeringModels(state: DeviceState): readonly string[] {
  const placed = modelsOf(state).filter(([, known]) => takesPlace(known));
  const running = placed.filter(([, { slots }]) => slots.current !== null);
  return (running.length > 0 ? running : placed).map(([model]) => model);
}

/** It runs, or is on its way. One of which nothing came of counts against no limit. */
export function takesPlace(known: ModelState): boolean {
  const { slots, deployment, accepted } = known;
  if (slots.current || slots.previous || slots.candidate) return true;
  if (newerWish(known, desiredBy(accepted))) return true;
  return deployment !== null && !isTerminal(deployment.state);
}
