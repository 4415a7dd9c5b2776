import { OnnxError } from '../errors.js';
import type { OnnxModel } from '../onnx-model.js';
import type { ValueInfo } from '../value-info.js';
import { inferShapes } from './infer-shapes.js';

/**
 * Gives named unknown lengths of the inputs a value (`{ batch: 1 }`) and works the shapes out anew. Facts about inner
 * tensors that the file declared are dropped, as they may name the old lengths.
 * @throws OnnxError `dynamic-shape` for a value that is no length
 */
export function fixDimensions(model: OnnxModel, lengths: Readonly<Record<string, number>>): OnnxModel {
  for (const [name, length] of Object.entries(lengths))
    if (!Number.isSafeInteger(length) || length < 0)
      throw new OnnxError('dynamic-shape', `the length "${name}" cannot be ${length}`);
  const fix = ({ name, dataType, dims }: ValueInfo): ValueInfo => ({
    name,
    dataType,
    dims: dims?.map((dim) =>
      typeof dim === 'string' && Object.hasOwn(lengths, dim) ? (lengths[dim] ?? dim) : dim,
    ),
  });
  const { graph } = model;
  const fixed = model.withGraph(graph.withInterface(graph.inputs.map(fix), graph.outputs.map(fix)));
  fixed.graph.values.clear();
  inferShapes(fixed);
  return fixed;
}
