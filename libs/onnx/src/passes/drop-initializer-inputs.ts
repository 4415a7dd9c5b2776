import type { OnnxModel } from '../onnx-model.js';

/** Since IR version 4 an initializer need not be an input as well. */
const INITIALIZERS_ALONE = 4;

/**
 * Initializers that are declared as inputs too become plain constants, which is what older exporters meant; only then may
 * passes rely on their values. A caller can no longer feed them.
 */
export function dropInitializerInputs(model: OnnxModel): OnnxModel {
  const { graph } = model;
  if (graph.defaultedInputs.length === 0) return model;
  const changed = model.withGraph(graph.withInterface(graph.inputs, graph.outputs, []));
  changed.irVersion = Math.max(model.irVersion, INITIALIZERS_ALONE);
  return changed;
}
