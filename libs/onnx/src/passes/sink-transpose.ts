import { attribute } from '../attribute.js';
import { isAddressable, transposeTensor } from '../constants/strided.js';
import type { Graph } from '../graph.js';
import type { GraphNode } from '../graph-node.js';
import { axisFrom } from '../shapes/dimensions.js';
import { ARITHMETIC_OPERATORS, UNARY_OPERATORS } from '../shapes/elementwise-rules.js';
import type { Tensor } from '../tensor.js';

const REDUCTIONS: readonly string[] = [
  'ReduceMean',
  'ReduceSum',
  'ReduceMax',
  'ReduceMin',
  'ReduceProd',
  'ReduceL2',
];

/** The permutation of a Transpose with a stated one. */
export function permutationOf(node: GraphNode | undefined): readonly number[] | undefined {
  return node?.is('Transpose') === true ? node.ints('perm') : undefined;
}

/**
 * Moves a Transpose from before `node` to behind it: the node works on untransposed data, its output keeps name and value.
 * @returns whether it could be done
 */
export function sinkTranspose(graph: Graph, node: GraphNode, opset: number): boolean {
  const perm = node.inputs
    .map((name) => permutationOf(graph.producerOf(name)))
    .find((found) => found !== undefined);
  const [output = ''] = node.outputs;
  if (perm === undefined || node.outputs.length !== 1 || node.captures.length > 0 || graph.isCaptured(output))
    return false;
  const moved = movedNode(graph, node, perm, opset);
  if (moved === undefined) return false;
  const inner = graph.freshName(`${output}_untransposed`);
  const inputs = moved.inputs.map((one) =>
    typeof one === 'string' ? one : graph.addInitializer(one.withName(graph.freshName(one.name))).name,
  );
  const attributes = new Map([...node.attributes, ...Object.entries(moved.attributes ?? {})]);
  const replaced = graph.replaceNode(node, { inputs, attributes, outputs: [inner] });
  if (isIdentity(moved.perm)) graph.setOutput(replaced, 0, output);
  else
    graph.addNode({
      opType: 'Transpose',
      inputs: [inner],
      outputs: [output],
      attributes: { perm: attribute.ints(moved.perm) },
      from: [node],
    });
  return true;
}

interface Moved {
  /** Names, and constants still to be added. */
  readonly inputs: readonly (string | Tensor)[];
  readonly attributes?: Readonly<Record<string, ReturnType<typeof attribute.int>>>;
  /** What is left to do behind the node. */
  readonly perm: readonly number[];
}

function movedNode(graph: Graph, node: GraphNode, perm: readonly number[], opset: number): Moved | undefined {
  const rank = perm.length;
  const [first = '', ...others] = node.inputs;
  const source = (name: string): string | undefined => {
    const producer = graph.producerOf(name);
    return permutationOf(producer)?.join() === perm.join() ? producer?.inputs[0] : undefined;
  };
  const untransposed = source(first);
  if (node.is(...UNARY_OPERATORS))
    // Further inputs (Clip's bounds) are single numbers and know no axes.
    return untransposed === undefined ? undefined : { inputs: [untransposed, ...others], perm };
  if (node.is(...ARITHMETIC_OPERATORS)) return moveAll(graph, node, perm, source);
  if (node.is('Concat')) {
    const axis = axisFrom(node.int('axis', 0), rank);
    const moved = moveAll(graph, node, perm, source, true);
    if (axis === undefined || moved === undefined) return undefined;
    return { ...moved, attributes: { axis: attribute.int(perm[axis] ?? 0) } };
  }
  if (untransposed === undefined) return undefined;
  if (node.is('Softmax', 'LogSoftmax') && opset >= 13) {
    const axis = axisFrom(node.int('axis', -1), rank);
    return axis === undefined
      ? undefined
      : { inputs: [untransposed], attributes: { axis: attribute.int(perm[axis] ?? 0) }, perm };
  }
  const axes = node.ints('axes')?.map((axis) => axisFrom(axis, rank));
  if (!node.is(...REDUCTIONS) || others.length > 0 || axes === undefined) return undefined;
  const attributes = { axes: attribute.ints(axes.map((axis) => perm[axis ?? 0] ?? 0)) };
  if (node.int('keepdims', 1) === 1) return { inputs: [untransposed], attributes, perm };
  const left = perm.filter((_, axis) => !axes.includes(axis));
  const order = [...left].sort((a, b) => a - b);
  return { inputs: [untransposed], attributes, perm: left.map((axis) => order.indexOf(axis)) };
}

/** All inputs of an operator that treats them alike: each behind the same Transpose, or a constant that is turned back. */
function moveAll(
  graph: Graph,
  node: GraphNode,
  perm: readonly number[],
  source: (name: string) => string | undefined,
  fullRank = false,
): Moved | undefined {
  const inverse = perm.map((_, axis) => perm.indexOf(axis));
  const inputs: (string | Tensor)[] = [];
  for (const name of node.inputs) {
    const untransposed = source(name);
    const constant = graph.constantOf(name);
    if (untransposed !== undefined) inputs.push(untransposed);
    else if (constant === undefined || !isAddressable(constant) || constant.dims.length > perm.length)
      return undefined;
    else if (constant.size === 1 && !fullRank) inputs.push(name);
    else if (fullRank && constant.dims.length !== perm.length) return undefined;
    else {
      const padded = [...Array<number>(perm.length - constant.dims.length).fill(1), ...constant.dims];
      inputs.push(transposeTensor(constant.withDims(padded), inverse));
    }
  }
  return { inputs, perm };
}

function isIdentity(perm: readonly number[]): boolean {
  return perm.every((axis, at) => axis === at);
}
