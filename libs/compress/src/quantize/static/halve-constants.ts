import { removeDeadCode, type OnnxModel } from '@hamon/onnx';
import { fitsHalf } from '../half/fits-half.js';
import { widenFromHalf } from '../half/widen-from-half.js';
import type { QuantizedForm } from './quantized-form.js';

/** Smaller ones are not worth a node. */
const LEAST_ELEMENTS = 1024;
/** A distance that grows by no more is the same: rounding to 8 bits moves the outputs by far more than to 11. */
const NO_WORSE = 1.05;
const ARITHMETIC = ['Add', 'Sub', 'Mul', 'Div'];

/**
 * Stores large constants of the arithmetic that stayed float (means and variances of an anomaly model, the grid of a
 * detector) in half of the bytes, where held-out samples show that nothing changes.
 */
export async function halveConstants(form: QuantizedForm): Promise<QuantizedForm> {
  const model = withHalves(form.model);
  if (model === undefined) return form;
  const fidelity = await form.study.comparison.fidelityOf(model);
  return fidelity.distance <= NO_WORSE * form.fidelity.distance ? { ...form, model, fidelity } : form;
}

/** @returns `undefined` where there is nothing to store smaller */
function withHalves(source: OnnxModel): OnnxModel | undefined {
  const model = source.clone();
  const { graph } = model;
  let count = 0;
  for (const [name, tensor] of [...graph.initializers]) {
    const isLarge = tensor.dataType === 'float32' && tensor.size >= LEAST_ELEMENTS;
    if (!isLarge || graph.isCaptured(name) || graph.isOutput(name) || graph.isInput(name)) continue;
    const readers = graph.consumersOf(name);
    if (readers.length === 0 || !readers.every((reader) => reader.is(...ARITHMETIC))) continue;
    if (!fitsHalf(tensor)) continue;
    widenFromHalf(graph, tensor);
    count += 1;
  }
  removeDeadCode(model);
  return count === 0 ? undefined : model;
}
