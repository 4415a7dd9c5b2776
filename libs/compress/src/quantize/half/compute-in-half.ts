import { attribute, elementTypeCode, Tensor, type Graph, type GraphNode, type OnnxModel } from '@hamon/onnx';
import { CompressError } from '../../errors.js';
import { fitsHalf, HALF_MAX } from './fits-half.js';

const [FLOAT32, FLOAT16] = [elementTypeCode('float32'), elementTypeCode('float16')];

/** Operators that compute in the type of their inputs and take float16 there. */
const FOLLOWING = new Set(
  `Abs Add AveragePool BatchNormalization Ceil Clip Concat Conv ConvTranspose DepthToSpace Div Elu Erf Exp Expand Flatten
  Floor Gather Gemm GlobalAveragePool GlobalMaxPool HardSigmoid HardSwish Identity InstanceNormalization LayerNormalization
  LeakyRelu Log LogSoftmax MatMul Max MaxPool Min Mul Neg PRelu Pad Pow Reciprocal ReduceMax ReduceMean ReduceMin ReduceSum
  Relu Reshape Sigmoid Slice Softmax Softplus SpaceToDepth Split Sqrt Squeeze Sub Sum Tanh Tile Transpose Unsqueeze Where`.split(
    /\s+/,
  ),
);

/** Inputs that are no part of the calculation and keep float32 by the operators' definition. */
const PARAMETERS: Readonly<Record<string, readonly number[]>> = { Resize: [1, 2] };

/**
 * All calculation in float16, between a Cast at each float input and output.
 * @throws CompressError `model-unsupported` naming an operator that is not known here, or a weight out of range
 */
export function computeInHalf(model: OnnxModel): OnnxModel {
  const { graph } = model;
  for (const node of graph.topological()) checkKnown(graph, node);
  halveWeights(graph);
  for (const node of graph.nodes)
    if (node.is('Cast') && node.int('to') === FLOAT32)
      graph.replaceNode(node, { attributes: { to: attribute.int(FLOAT16) } });
  for (const { name, dataType } of graph.inputs) if (dataType === 'float32') halveInput(graph, name);
  for (const { name, dataType } of graph.outputs) if (dataType === 'float32') widenOutput(graph, name);
  graph.values.clear();
  return model;
}

function halveWeights(graph: Graph): void {
  const parameters = new Set<string>();
  for (const node of graph.nodes)
    for (const index of PARAMETERS[node.opType] ?? []) parameters.add(node.inputs[index] ?? '');
  for (const [name, tensor] of [...graph.initializers]) {
    if (tensor.dataType !== 'float32' || parameters.has(name)) continue;
    if (!fitsHalf(tensor))
      throw new CompressError(
        'model-unsupported',
        `the weight "${name}" has values beyond ±${HALF_MAX}, which float16 cannot hold`,
      );
    graph.setInitializer(Tensor.ofFloats(name, tensor.dims, tensor.floats(), 'float16'));
  }
}

function halveInput(graph: Graph, name: string): void {
  const half = graph.freshName(`${name}_half`);
  graph.replaceUses(name, half);
  addCast(graph, name, half, FLOAT16);
}

function widenOutput(graph: Graph, name: string): void {
  const producer = graph.producerOf(name);
  if (producer === undefined) return;
  const half = graph.freshName(`${name}_half`);
  graph.setOutput(producer, producer.outputs.indexOf(name), half);
  graph.replaceUses(name, half);
  addCast(graph, half, name, FLOAT32);
}

function addCast(graph: Graph, from: string, to: string, type: number): void {
  graph.addNode({
    opType: 'Cast',
    inputs: [from],
    outputs: [to],
    attributes: { to: attribute.int(type) },
  });
}

/** Operators that touch no float at all may be any. */
function checkKnown(graph: Graph, node: GraphNode): void {
  const touchesFloat = [...node.inputs, ...node.outputs].some((name) => {
    const type = name === '' ? 'int64' : graph.valueOf(name)?.dataType;
    return type === undefined || type === 'float32';
  });
  const isOwn = node.domain === '' || node.domain === 'ai.onnx';
  const isKnown = isOwn && (FOLLOWING.has(node.opType) || node.is('Resize', 'Cast', 'Shape'));
  if (touchesFloat && (!isKnown || node.captures.length > 0))
    throw new CompressError('model-unsupported', `float16 arithmetic is not known for ${node.label}`);
}
