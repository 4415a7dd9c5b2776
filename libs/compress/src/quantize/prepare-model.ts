import { attribute, simplify, Tensor, type Graph, type GraphNode, type OnnxModel } from '@hamon/onnx';
import { checkFloatModel } from './check-float-model.js';

/**
 * The float model in the form that integer kernels want: cleaned up, spatial means as GlobalAveragePool, a MatMul with
 * bias as Gemm, whose bias has one value per column. A copy; it computes the same.
 * @throws CompressError as {@link checkFloatModel} does
 */
export function prepareModel(source: OnnxModel): OnnxModel {
  checkFloatModel(source);
  const { model } = simplify(source);
  const { graph } = model;
  for (const node of graph.topological()) {
    if (node.is('ReduceMean')) poolInstead(graph, node);
    else if (node.is('MatMul')) takeInBias(graph, node);
    else if (node.is('Gemm')) spreadBias(graph, node);
  }
  return model;
}

/** ReduceMean over the spatial axes is GlobalAveragePool, which has an integer kernel. */
function poolInstead(graph: Graph, node: GraphNode): void {
  const [input = '', axesName = ''] = node.inputs;
  const dims = graph.valueOf(input)?.dims;
  const axes = node.ints('axes') ?? (axesName === '' ? undefined : graph.constantOf(axesName)?.ints());
  if (dims?.length !== 4 || axes === undefined) return;
  const counted = axes.map((axis) => (axis < 0 ? axis + 4 : axis)).sort((a, b) => a - b);
  if (counted.join() !== '2,3') return;
  const [output = ''] = node.outputs;
  if (node.int('keepdims', 1) === 1) {
    graph.replaceNode(node, { opType: 'GlobalAveragePool', inputs: [input], attributes: {} });
    return;
  }
  const pooled = graph.freshName(`${output}_pooled`);
  graph.replaceNode(node, {
    opType: 'GlobalAveragePool',
    inputs: [input],
    outputs: [pooled],
    attributes: {},
  });
  graph.addNode({
    opType: 'Flatten',
    inputs: [pooled],
    outputs: [output],
    attributes: { axis: attribute.int(1) },
    from: [node],
  });
}

/** A matrix product of two axes with a constant, and the addition of a constant vector after it, are one Gemm. */
function takeInBias(graph: Graph, node: GraphNode): void {
  const [input = '', weightName = ''] = node.inputs;
  const [product = ''] = node.outputs;
  const weight = graph.constantOf(weightName);
  if (weight?.dims.length !== 2 || graph.valueOf(input)?.dims?.length !== 2) return;
  const use = graph.onlyUseOf(product);
  if (use?.node.is('Add') !== true) return;
  const biasName = use.node.inputs[1 - use.index] ?? '';
  const bias = graph.constantOf(biasName);
  // A longer shape, if of ones, gives the sum more axes than a Gemm has.
  if (bias === undefined || bias.dims.length > 2) return;
  if (bias.dims.at(-1) !== weight.dims[1] || bias.size !== weight.dims[1]) return;
  const flat: Tensor =
    bias.dims.length === 1
      ? bias.withName(graph.freshName(`${biasName}_bias`))
      : bias.withDims([bias.size]).withName(graph.freshName(`${biasName}_bias`));
  graph.addInitializer(flat);
  const add = use.node;
  graph.removeNode(node);
  graph.replaceNode(add, {
    name: node.name,
    opType: 'Gemm',
    inputs: [input, weightName, flat.name],
    attributes: {},
    from: [node, add],
  });
}

/** A Gemm may have one number for all columns, or a matrix of one row; integer kernels and other operators want a vector. */
function spreadBias(graph: Graph, node: GraphNode): void {
  const [, weightName = '', biasName = ''] = node.inputs;
  const columns = graph.constantOf(weightName)?.dims[node.int('transB', 0) === 1 ? 0 : 1];
  const bias = biasName === '' ? undefined : graph.constantOf(biasName);
  if (columns === undefined || bias === undefined) return;
  const spread = asColumnBias(bias, columns);
  if (spread === undefined || spread === bias) return;
  const { name } = graph.addInitializer(spread.withName(graph.freshName(`${biasName}_columns`)));
  graph.setInput(node, 2, name);
}

/**
 * A bias with one value for each of a product's columns, which is how other operators than Gemm want it; `undefined` where
 * rows differ. A tensor that is one already is given back itself.
 */
function asColumnBias(bias: Tensor, columns: number): Tensor | undefined {
  if (bias.dims.length === 1 && bias.size === columns) return bias;
  const isRow = bias.size === columns && bias.dims.at(-1) === columns;
  if (bias.dataType !== 'float32' || (!isRow && bias.size !== 1)) return undefined;
  const values = bias.floats();
  return Tensor.ofFloats(
    bias.name,
    [columns],
    isRow ? values : new Float32Array(columns).fill(values[0] as number),
  );
}
