import { removeDeadCode, type OnnxModel } from '@hamon/onnx';
import { prepareModel } from '../prepare-model.js';
import { computeInHalf } from './compute-in-half.js';
import { fitsHalf } from './fits-half.js';
import { widenFromHalf } from './widen-from-half.js';

export interface HalfOptions {
  /**
   * `float32` (if left out): weights are float16 in the file and widened once when the model is loaded; as fast as the float
   * model on CPUs, few of which have float16 arithmetic. `float16`: the whole graph, for accelerators and newer ARM cores.
   */
  readonly arithmetic?: 'float32' | 'float16';
}

/** Smaller tensors cost more in nodes than they save. */
const LEAST_ELEMENTS = 16;

/**
 * The model with float16 weights; inputs and outputs stay float32. A tensor with values beyond float16's range keeps its
 * type. Needs no data.
 * @throws CompressError `already-quantized`, `weights-not-finite`, and for `float16` arithmetic `model-unsupported` naming an
 * operator of which it is not known whether it has a float16 form
 */
export function convertToHalf(
  source: OnnxModel,
  { arithmetic = 'float32' }: HalfOptions = {},
): { readonly model: OnnxModel; readonly keptFloat: readonly string[] } {
  const model = prepareModel(source);
  const { graph } = model;
  if (arithmetic === 'float16') return { model: computeInHalf(model), keptFloat: [] };
  const keptFloat: string[] = [];
  for (const [name, tensor] of [...graph.initializers]) {
    if (tensor.dataType !== 'float32' || tensor.size < LEAST_ELEMENTS) continue;
    if (graph.isCaptured(name) || graph.isOutput(name) || graph.isInput(name)) continue;
    if (!fitsHalf(tensor)) {
      keptFloat.push(name);
      continue;
    }
    widenFromHalf(graph, tensor);
  }
  removeDeadCode(model);
  return { model, keptFloat };
}
