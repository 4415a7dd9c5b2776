import { constantValueOf } from '../constant-value.js';
import type { Graph } from '../graph.js';
import type { GraphNode } from '../graph-node.js';
import type { OnnxModel } from '../onnx-model.js';
import type { Dimension } from '../value-info.js';
import type { Dims } from './dimensions.js';
import { ELEMENTWISE_RULES } from './elementwise-rules.js';
import { LAYER_RULES, MICROSOFT_RULES } from './layer-rules.js';
import { LAYOUT_RULES } from './layout-rules.js';
import { REDUCTION_RULES } from './reduction-rules.js';
import { UNKNOWN, type Fact, type Rule, type RuleInput } from './rule.js';
import { MAX_SHAPE_NUMBERS, shapeNumbers } from './shape-numbers.js';

const RULES: Readonly<Record<string, Rule>> = {
  ...ELEMENTWISE_RULES,
  ...LAYER_RULES,
  ...LAYOUT_RULES,
  ...REDUCTION_RULES,
  ...MICROSOFT_RULES,
};

export interface InferredShapes {
  /** Inner tensors and outputs whose type or number of dimensions stayed unknown: what to ask a runtime for. */
  readonly unknown: readonly string[];
  /** Nodes whose operator has no rule here. */
  readonly unknownOperators: readonly GraphNode[];
}

/**
 * Works out types and shapes of all tensors from the inputs' and stores them in `graph.values`. What a rule cannot tell
 * keeps what the file declared, or what was stored before (a runtime's answers, say).
 */
export function inferShapes(model: OnnxModel): InferredShapes {
  const { graph } = model;
  const numbers = new Map<string, Dims>();
  const unknown: string[] = [];
  const unknownOperators: GraphNode[] = [];
  for (const node of graph.topological()) {
    const input = ruleInput(graph, node, numbers);
    const facts = factsOf(node, input);
    if (facts === undefined) unknownOperators.push(node);
    node.outputs.forEach((name, index) => {
      if (name === '') return;
      const { dataType, dims } = merge(sane(facts?.[index] ?? UNKNOWN), graph.valueOf(name) ?? UNKNOWN);
      if (dataType === undefined || dims === undefined) unknown.push(name);
      graph.values.set(name, { name, dataType, dims });
    });
    const [first] = node.outputs;
    const known = shapeNumbers(input);
    if (first !== undefined && known !== undefined && known.length <= MAX_SHAPE_NUMBERS)
      numbers.set(first, known);
  }
  return { unknown, unknownOperators };
}

function factsOf(node: GraphNode, input: RuleInput): readonly Fact[] | undefined {
  if (node.is('Constant')) {
    const value = constantValueOf(node);
    return value === undefined ? [] : [{ dataType: value.dataType, dims: value.dims }];
  }
  const own = node.domain === '' || node.domain === 'ai.onnx';
  const key = own ? node.opType : `${node.domain}.${node.opType}`;
  return Object.hasOwn(RULES, key) ? RULES[key]?.(input) : undefined;
}

/** No runtime takes more axes; a Gather by its own input doubles them. */
const MAX_AXES = 64;

/** Attributes that contradict the input's shape give lengths that are none; those are unknown. */
function sane({ dataType, dims }: Fact): Fact {
  if (dims !== undefined && dims.length > MAX_AXES) return { dataType, dims: undefined };
  const isLength = (dim: Dimension): boolean =>
    typeof dim !== 'number' || (Number.isSafeInteger(dim) && dim >= 0);
  return { dataType, dims: dims?.map((dim) => (isLength(dim) ? dim : null)) };
}

function merge(inferred: Fact, declared: Fact): Fact {
  const dataType = inferred.dataType ?? declared.dataType;
  if (inferred.dims === undefined || declared.dims?.length !== inferred.dims.length)
    return { dataType, dims: inferred.dims ?? declared.dims };
  // Names of unknown lengths are worth more than nothing, lengths more than names.
  return {
    dataType,
    dims: inferred.dims.map((dim, axis) => (dim === null ? (declared.dims?.[axis] ?? null) : dim)),
  };
}

function ruleInput(graph: Graph, node: GraphNode, numbers: ReadonlyMap<string, Dims>): RuleInput {
  const name = (index: number): string => node.inputs[index] ?? '';
  const fact = (index: number): Fact =>
    name(index) === '' ? UNKNOWN : (graph.valueOf(name(index)) ?? UNKNOWN);
  const constant = (index: number) => (name(index) === '' ? undefined : graph.constantOf(name(index)));
  const numbersOf = (index: number): Dims | undefined => {
    const value = constant(index);
    if (
      value !== undefined &&
      (value.dataType === 'int64' || value.dataType === 'int32') &&
      value.dims.length <= 1 &&
      value.size <= MAX_SHAPE_NUMBERS
    )
      return value.ints();
    return numbers.get(name(index));
  };
  return {
    node,
    fact,
    dims: (index) => fact(index).dims,
    type: (index) => fact(index).dataType,
    has: (index) => name(index) !== '',
    constant,
    numbers: numbersOf,
    list(attribute, index) {
      if (node.attributes.has(attribute)) return node.ints(attribute);
      const list = numbersOf(index);
      return list?.every((value) => typeof value === 'number') ? list : undefined;
    },
  };
}
