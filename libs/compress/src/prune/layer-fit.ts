import { Tensor, type Graph, type GraphNode } from '@hamon/onnx';
import type { Fit } from './moments.js';

/** The weights of a dense layer as `[features + 1, outputs]`, the bias last; features of a Conv are channel by window position. */
export function readFit(graph: Graph, node: GraphNode): Fit {
  const weight = weightOf(graph, node);
  const bias = graph.constantOf(node.inputs[2] ?? '')?.floats();
  const rowsAreOutputs = node.is('Conv') || node.int('transB', 0) === 1;
  const outputs = (rowsAreOutputs ? weight.dims[0] : weight.dims[1]) ?? 0;
  const features = weight.size / Math.max(1, outputs);
  const from = weight.floats();
  const values = new Float64Array((features + 1) * outputs);
  for (let f = 0; f < features; f += 1)
    for (let o = 0; o < outputs; o += 1)
      values[f * outputs + o] = from[rowsAreOutputs ? o * features + f : f * outputs + o] as number;
  for (let o = 0; o < outputs; o += 1) values[features * outputs + o] = bias?.[o] ?? 0;
  return { features, outputs, values };
}

/** Puts a fit into the layer's weights and bias; a MatMul keeps doing without a bias, its fit's is added behind it. */
export function writeFit(graph: Graph, node: GraphNode, fit: Fit): void {
  const weight = weightOf(graph, node);
  const { features, outputs, values } = fit;
  const rowsAreOutputs = node.is('Conv') || node.int('transB', 0) === 1;
  const written = new Float32Array(features * outputs);
  for (let f = 0; f < features; f += 1)
    for (let o = 0; o < outputs; o += 1)
      written[rowsAreOutputs ? o * features + f : f * outputs + o] = values[f * outputs + o] as number;
  const base = (node.inputs[1] ?? '').replace(/_refitted(_\d+)?$/, '');
  const newWeight = graph.addInitializer(
    Tensor.ofFloats(graph.freshName(`${base}_refitted`), weight.dims, written),
  );
  graph.setInput(node, 1, newWeight.name);
  const bias = Tensor.ofFloats(
    graph.freshName(`${base}_bias_refitted`),
    [outputs],
    values.subarray(features * outputs),
  );
  if (node.is('MatMul')) addBehind(graph, node, bias);
  else graph.setInput(node, 2, graph.addInitializer(bias).name);
}

function addBehind(graph: Graph, node: GraphNode, bias: Tensor): void {
  const [output = ''] = node.outputs;
  graph.addInitializer(bias);
  const inner = graph.freshName(`${output}_product`);
  graph.setOutput(node, 0, inner);
  graph.addNode({
    opType: 'Add',
    name: graph.freshName(`${node.name}_bias`),
    inputs: [inner, bias.name],
    outputs: [output],
    from: [node],
  });
}

function weightOf(graph: Graph, node: GraphNode): Tensor {
  const weight = graph.constantOf(node.inputs[1] ?? '');
  if (weight === undefined) throw new RangeError(`${node.label} has no constant weights`);
  return weight;
}
