import { OnnxError } from './errors.js';
import type { OnnxModel } from './onnx-model.js';
import { inferShapes } from './shapes/infer-shapes.js';
import type { Graph } from './graph.js';
import type { ValueInfo } from './value-info.js';

/**
 * A copy whose inner tensors `names` are outputs too, so that a runtime can be asked for their values, types or shapes.
 * Those whose type is unknown here are declared by name alone, which onnxruntime accepts and fills in.
 * @throws OnnxError `invalid-graph` for a name that no node makes
 */
export function exposeTensors(model: OnnxModel, names: readonly string[]): OnnxModel {
  const copy = model.clone();
  const { graph } = copy;
  inferShapes(copy);
  const added: ValueInfo[] = [];
  for (const name of new Set(names)) {
    if (graph.isOutput(name)) continue;
    if (graph.producerOf(name) === undefined)
      throw new OnnxError('invalid-graph', `no node makes the tensor "${name}"`);
    added.push({ name, dataType: graph.valueOf(name)?.dataType, dims: graph.valueOf(name)?.dims });
  }
  graph.setOutputs([...graph.outputs, ...added]);
  return copy;
}

/** Stores what a runtime said about tensors, for {@link inferShapes} to build on. */
export function learnShapes(graph: Graph, facts: Iterable<ValueInfo>): void {
  for (const { name, dataType, dims } of facts) graph.values.set(name, { name, dataType, dims });
}
