import type { OnnxModel } from '../onnx-model.js';
import { createHash } from 'node:crypto';
import type { Tensor } from '../tensor.js';

/**
 * Lets equal initializers (type, shape, bits) be one, but for int8 weights and their zero points: where onnxruntime shifts
 * them to uint8, it gives the result a name made of theirs, and fails over the second of the same name.
 * @returns number of initializers removed
 */
export function mergeInitializers(model: OnnxModel): number {
  const { graph } = model;
  const first = new Map<string, string>();
  let merged = 0;
  for (const [name, tensor] of [...graph.initializers]) {
    if (tensor.strings !== undefined || graph.isInput(name) || graph.isOutput(name) || graph.isCaptured(name))
      continue;
    if (tensor.dataType === 'int8' && graph.consumersOf(name).some((node) => node.is('DequantizeLinear')))
      continue;
    const key = keyOf(tensor);
    const twin = first.get(key);
    if (twin === undefined) {
      first.set(key, name);
      continue;
    }
    graph.replaceUses(name, twin);
    graph.removeInitializer(name);
    merged += 1;
  }
  return merged;
}

function keyOf({ dataType, dims, bytes }: Tensor): string {
  return `${dataType}[${dims.join()}]${createHash('sha256').update(bytes).digest('base64')}`;
}
