import type { Graph, GraphNode } from '@hamon/onnx';

/**
 * What a node is to static quantization.
 * - `layer`: weights times activations; what it is all about.
 * - `combining`: Add, Mul, Concat, pooling …, computed in integers where its inputs are integers anyway.
 * - `moving`: changes no value, so input and output share one scale.
 * - `clamping`: Relu and Clip, whose work saturation does.
 * - `float`: everything else.
 */
export type NodeRole = 'layer' | 'combining' | 'moving' | 'clamping' | 'float';

/** Operators with an integer kernel in onnxruntime whose output gets a scale of its own. */
const COMBINING = ['Add', 'Mul', 'Concat', 'AveragePool', 'GlobalAveragePool', 'LeakyRelu', 'Sigmoid'];
const MOVING = [
  'Transpose',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'MaxPool',
  'Resize',
  'Slice',
  'DepthToSpace',
  'SpaceToDepth',
];

export function roleOf(graph: Graph, node: GraphNode): NodeRole {
  if (isLayer(graph, node)) return 'layer';
  if (node.captures.length > 0 || !isFloat(graph, node.inputs[0] ?? '')) return 'float';
  if (node.is('Relu', 'Clip') && clampOf(graph, node) !== undefined) return 'clamping';
  if (node.is('Add', 'Mul') && !areConstantsPlain(graph, node)) return 'float';
  if (node.is(...COMBINING)) return 'combining';
  if (!node.is(...MOVING)) return 'float';
  // Indices of the maxima exist for floats only, and bicubic weights leave the range of the input.
  if (node.outputs.filter((name) => name !== '').length > 1) return 'float';
  if (node.is('Resize') && node.string('mode', 'nearest') === 'cubic') return 'float';
  return 'moving';
}

/** Bounds of a Relu or Clip; `undefined` where a bound is computed. */
export function clampOf(graph: Graph, node: GraphNode): { min: number; max: number } | undefined {
  if (node.is('Relu')) return { min: 0, max: Infinity };
  const bound = (index: number, name: string, missing: number): number | undefined => {
    const input = node.inputs[index] ?? '';
    if (input === '') return node.float(name, missing);
    return graph.constantOf(input)?.floats()[0];
  };
  const [min, max] = [bound(1, 'min', -Infinity), bound(2, 'max', Infinity)];
  return min === undefined || max === undefined ? undefined : { min, max };
}

function isLayer(graph: Graph, node: GraphNode): boolean {
  const [input = '', weightName = '', biasName = ''] = node.inputs;
  if (!node.is('Conv', 'Gemm', 'MatMul') || graph.constantOf(input) !== undefined) return false;
  const weight = graph.constantOf(weightName);
  const bias = biasName === '' ? undefined : graph.constantOf(biasName);
  if (weight?.dataType !== 'float32' || (biasName !== '' && bias?.dataType !== 'float32')) return false;
  if (node.is('Conv')) return true;
  if (node.is('MatMul')) return weight.dims.length === 2;
  const columns = weight.dims[node.int('transB', 0) === 1 ? 0 : 1];
  return (
    node.int('transA', 0) === 0 &&
    node.float('alpha', 1) === 1 &&
    node.float('beta', 1) === 1 &&
    (bias === undefined || (bias.dims.length === 1 && bias.size === columns))
  );
}

const isFloat = (graph: Graph, tensor: string): boolean =>
  graph.valueOf(tensor)?.dataType === undefined || graph.valueOf(tensor)?.dataType === 'float32';

/** Constant operands must be float32 themselves, and not both operands may be constant. */
function areConstantsPlain(graph: Graph, node: GraphNode): boolean {
  const constants = node.inputs.map((name) => graph.constantOf(name));
  return (
    constants.some((value) => value === undefined) &&
    constants.every((value) => value === undefined || value.dataType === 'float32')
  );
}
