import { attribute, type Attribute } from '../attribute.js';
import { OnnxError } from '../errors.js';
import type { Graph } from '../graph.js';
import type { GraphNode } from '../graph-node.js';
import type { OnnxModel } from '../onnx-model.js';
import { axisFrom } from '../shapes/dimensions.js';
import { inferShapes } from '../shapes/infer-shapes.js';
import { Tensor } from '../tensor.js';

/** The oldest operator set that can be lifted, and the one that it is lifted to. */
export const LIFTED = { from: 10, to: 13 } as const;
/** The file format that came with operator set 13. */
const IR_VERSION = 7;

interface Change {
  /** Since this operator set the operator is as `lift` leaves it. */
  readonly since: number;
  readonly lift: (graph: Graph, node: GraphNode) => void;
}

const listInput =
  (name: string): Change['lift'] =>
  (graph, node) => {
    const list = node.ints(name);
    if (list === undefined) return;
    const [input = ''] = node.inputs;
    const given = graph.addInitializer(Tensor.ofInts(freshOf(graph, node, name), [list.length], list));
    graph.replaceNode(node, { inputs: [input, given.name], attributes: without(node, name) });
  };

/** What ONNX changed between the two operator sets so that an old node means something else, or nothing, in the new one. */
const CHANGES: Readonly<Record<string, Change>> = {
  Clip: { since: 11, lift: liftClip },
  Dropout: {
    since: 12,
    lift: (graph, node) => graph.replaceNode(node, { attributes: without(node, 'ratio') }),
  },
  Hardmax: { since: 13, lift: liftSoftmax },
  LogSoftmax: { since: 13, lift: liftSoftmax },
  Pad: { since: 11, lift: liftPad },
  ReduceSum: { since: 13, lift: listInput('axes') },
  Resize: { since: 11, lift: liftResize },
  Scatter: { since: 11, lift: (graph, node) => graph.replaceNode(node, { opType: 'ScatterElements' }) },
  Softmax: { since: 13, lift: liftSoftmax },
  Split: { since: 13, lift: listInput('split') },
  Squeeze: { since: 13, lift: listInput('axes') },
  Unsqueeze: { since: 13, lift: listInput('axes') },
};

/**
 * A copy in operator set {@link LIFTED} `.to`, which computes the same; a model of that set or a later one is given back
 * itself.
 * @throws OnnxError `unsupported-version` for older sets than {@link LIFTED} `.from`, `unsupported-operator` naming a node that
 * has subgraphs, or no equal
 */
export function liftOperatorSet(model: OnnxModel): OnnxModel {
  const { opset } = model;
  if (opset >= LIFTED.to) return model;
  if (opset < LIFTED.from)
    throw new OnnxError(
      'unsupported-version',
      `operator set ${opset} cannot be lifted to ${LIFTED.to}, sets from ${LIFTED.from} on can`,
    );
  const lifted = model.clone();
  const { graph } = lifted;
  inferShapes(lifted);
  for (const node of graph.topological()) {
    for (const { g, graphs } of node.attributes.values())
      if (g !== undefined || graphs.length > 0) throw notLifted(node, 'has subgraphs');
    const change =
      node.domain === '' && Object.hasOwn(CHANGES, node.opType) ? CHANGES[node.opType] : undefined;
    if (change !== undefined && opset < change.since) change.lift(graph, node);
  }
  lifted.opsets.set(lifted.opsets.has('') ? '' : 'ai.onnx', LIFTED.to);
  lifted.irVersion = Math.max(lifted.irVersion, IR_VERSION);
  return lifted;
}

/** Bounds are inputs since operator set 11. */
function liftClip(graph: Graph, node: GraphNode): void {
  const [input = ''] = node.inputs;
  const bound = (name: string): string => {
    const value = node.float(name);
    if (value === undefined) return '';
    const { dataType = 'float32' } = graph.valueOf(input) ?? {};
    return graph.addInitializer(Tensor.ofFloats(freshOf(graph, node, name), [], [value], dataType)).name;
  };
  const inputs = [input, bound('min'), bound('max')];
  while (inputs.at(-1) === '') inputs.pop();
  graph.replaceNode(node, { inputs, attributes: without(node, 'min', 'max') });
}

/** Widths and value are inputs since operator set 11. */
function liftPad(graph: Graph, node: GraphNode): void {
  const [input = ''] = node.inputs;
  const pads = node.ints('pads', []);
  const inputs = [
    input,
    graph.addInitializer(Tensor.ofInts(freshOf(graph, node, 'pads'), [pads.length], pads)).name,
  ];
  const value = node.float('value', 0);
  const { dataType = 'float32' } = graph.valueOf(input) ?? {};
  if (value !== 0)
    inputs.push(
      graph.addInitializer(Tensor.ofFloats(freshOf(graph, node, 'value'), [], [value], dataType)).name,
    );
  graph.replaceNode(node, { inputs, attributes: without(node, 'pads', 'value') });
}

/**
 * Operator set 10 counts pixels from the corner; to the nearest it rounds down where it enlarges, and onnxruntime up where it
 * shrinks.
 */
function liftResize(graph: Graph, node: GraphNode): void {
  const [input = '', scales = ''] = node.inputs;
  const attributes = new Map(node.attributes);
  attributes.set('coordinate_transformation_mode', attribute.string('asymmetric'));
  if (node.string('mode', 'nearest') === 'nearest') {
    const known = graph.constantOf(scales)?.floats();
    const isEnlarging = known?.every((scale) => scale >= 1) === true;
    if (!isEnlarging && known?.every((scale) => scale <= 1) !== true)
      throw notLifted(node, 'enlarges one way and shrinks another, or by scales that are computed');
    attributes.set('nearest_mode', attribute.string(isEnlarging ? 'floor' : 'ceil'));
  }
  graph.replaceNode(node, { inputs: [input, '', scales], attributes });
}

/**
 * Until operator set 13 these take all axes from `axis` on for one. Where only one of those is longer than 1 that is the axis
 * meant; else the tensor is flattened for it.
 */
function liftSoftmax(graph: Graph, node: GraphNode): void {
  const [input = ''] = node.inputs;
  const dims = graph.valueOf(input)?.dims;
  const first = dims === undefined ? undefined : axisFrom(node.int('axis', 1), dims.length);
  if (dims !== undefined && first !== undefined) {
    const long = [...dims.keys()].filter((axis) => axis >= first && dims[axis] !== 1);
    if (long.length <= 1) {
      graph.replaceNode(node, {
        attributes: new Map(node.attributes).set('axis', attribute.int(long[0] ?? first)),
      });
      return;
    }
  }
  const [output = ''] = node.outputs;
  const { opType, name } = node;
  const from = [node];
  const [shape, flat, result] = ['shape', 'flat', 'result'].map((what) => freshOf(graph, node, what));
  graph.removeNode(node);
  graph.addNode({ opType: 'Shape', inputs: [input], outputs: [shape as string], from });
  graph.addNode({
    opType: 'Flatten',
    inputs: [input],
    outputs: [flat as string],
    attributes: { axis: attribute.int(node.int('axis', 1)) },
    from,
  });
  graph.addNode({
    name,
    opType,
    inputs: [flat as string],
    outputs: [result as string],
    attributes: { axis: attribute.int(1) },
    from,
  });
  graph.addNode({ opType: 'Reshape', inputs: [result as string, shape as string], outputs: [output], from });
}

const freshOf = (graph: Graph, { outputs: [output = ''] }: GraphNode, what: string): string =>
  graph.freshName(`${output}_${what}`);

const without = ({ attributes }: GraphNode, ...names: readonly string[]): ReadonlyMap<string, Attribute> =>
  new Map([...attributes].filter(([name]) => !names.includes(name)));

const notLifted = (node: GraphNode, why: string): OnnxError =>
  new OnnxError(
    'unsupported-operator',
    `${node.label} cannot be lifted to operator set ${LIFTED.to}: it ${why}`,
  );
