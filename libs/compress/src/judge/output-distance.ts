import type { Tensors } from '@hamon/tasks';
import { TensorDistance } from './tensor-distance.js';

/**
 * How far a model's outputs are from the original's, over the same samples: of all outputs, the one that is furthest off
 * decides. See {@link TensorDistance}.
 */
export class OutputDistance {
  private readonly tensors = new Map<string, TensorDistance>();

  add(original: Tensors, outputs: Tensors): void {
    for (const [name, { dims, data }] of original) {
      const tensor = this.tensors.get(name) ?? new TensorDistance();
      this.tensors.set(name, tensor);
      tensor.add(dims, data, outputs.get(name)?.data ?? []);
    }
  }

  get distance(): number {
    return [...this.tensors.values()].reduce((worst, tensor) => Math.max(worst, tensor.distance), 0);
  }
}

/** {@link TensorDistance} between two models' single outputs, taken as plain vectors; 0 is equal. */
export function outputDistance(original: readonly Float32Array[], outputs: readonly Float32Array[]): number {
  const tensor = new TensorDistance();
  original.forEach((values, sample) => tensor.add([1, values.length], values, outputs[sample] ?? []));
  return tensor.distance;
}
