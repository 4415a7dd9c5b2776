import { modelIn, withModel, type DeviceState } from './core/device-state.js';
import { EMPTY_MODEL, isRemoved, type ModelState } from './core/model-state.js';
import type { StateKeeper } from './state-keeper.js';

/** The part of the device's state that is about one model; all parts are one file on disk. */
export type ModelKeeper = Pick<
  StateKeeper<ModelState>,
  'state' | 'isUnsaved' | 'update' | 'force' | 'catchUp'
>;

export function modelKeeper(keeper: StateKeeper<DeviceState>, model: string): ModelKeeper {
  // A model that was removed meanwhile stays removed, whatever was still under way.
  const inModel =
    (change: (known: ModelState) => ModelState) =>
    (state: DeviceState): DeviceState =>
      withModel(state, model, (known) => (isRemoved(known) ? known : change(known)));
  return {
    get state() {
      return modelIn(keeper.state, model) ?? EMPTY_MODEL;
    },
    get isUnsaved() {
      return keeper.isUnsaved;
    },
    update: (change) => keeper.update(inModel(change)),
    force: (change) => keeper.force(inModel(change)),
    catchUp: () => keeper.catchUp(),
  };
}
