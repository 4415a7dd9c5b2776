import type { Attribute } from './attribute.js';
import { constantValueOf } from './constant-value.js';
import { OnnxError } from './errors.js';
import { GraphNode, namesInSubgraphs } from './graph-node.js';
import type { GraphProto, NodeProto } from './generated/onnx_pb.js';
import type { Tensor } from './tensor.js';
import { TensorUses, type Use } from './tensor-uses.js';
import { topologicalOrder } from './topological-order.js';
import type { Dimension, ValueInfo } from './value-info.js';

/** A node to be added; what is left out is empty. */
export interface NewNode {
  readonly opType: string;
  readonly domain?: string;
  readonly name?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>> | ReadonlyMap<string, Attribute>;
  /** The nodes that this one replaces or belongs to: their sources become its own. */
  readonly from?: readonly GraphNode[];
  readonly sources?: readonly string[];
  readonly residue?: NodeProto | undefined;
}

/**
 * A dataflow graph that is edited in place. Every tensor name has one origin: a graph input, an initializer or a node's
 * output; the edits below refuse a second one. The order of {@link nodes} means nothing: {@link topological} sorts.
 */
export class Graph {
  private readonly members = new Set<GraphNode>();
  private readonly producers = new Map<string, GraphNode>();
  private readonly uses = new TensorUses();
  private readonly constants = new Map<string, Tensor>();
  private readonly counters = new Map<string, number>();
  private readonly reserved: Set<string>;
  private outputNames = new Set<string>();
  private outputList: readonly ValueInfo[] = [];

  /**
   * Types and shapes of inner tensors as far as known. They are written to the file, where a runtime refuses wrong ones:
   * clear them after changing shapes, {@link inferShapes} fills them anew.
   */
  readonly values = new Map<string, ValueInfo>();

  constructor(
    readonly name: string,
    /** What a caller must feed. */
    readonly inputs: readonly ValueInfo[],
    outputs: readonly ValueInfo[],
    /** Inputs with an initializer of the same name: a caller may feed them, so their values are not constant. */
    readonly defaultedInputs: readonly ValueInfo[] = [],
    /** Names that are not to be given to anything new; those inside subgraphs are added by themselves. */
    reserved: ReadonlySet<string> = new Set(),
    readonly residue?: GraphProto,
  ) {
    this.setOutputs(outputs);
    this.reserved = new Set(reserved);
  }

  get outputs(): readonly ValueInfo[] {
    return this.outputList;
  }

  get nodes(): readonly GraphNode[] {
    return [...this.members];
  }

  get nodeCount(): number {
    return this.members.size;
  }

  get initializers(): ReadonlyMap<string, Tensor> {
    return this.constants;
  }

  setOutputs(outputs: readonly ValueInfo[]): void {
    this.outputList = outputs;
    this.outputNames = new Set(outputs.map(({ name }) => name));
  }

  isInput(tensor: string): boolean {
    return [...this.inputs, ...this.defaultedInputs].some(({ name }) => name === tensor);
  }

  isOutput(tensor: string): boolean {
    return this.outputNames.has(tensor);
  }

  has(node: GraphNode): boolean {
    return this.members.has(node);
  }

  producerOf(tensor: string): GraphNode | undefined {
    return this.producers.get(tensor);
  }

  /** Every input of a node that reads the tensor, in order of the nodes; uses inside subgraphs are {@link isCaptured}. */
  usesOf(tensor: string): readonly Use[] {
    return this.uses.of(tensor);
  }

  /** The one place that reads the tensor; `undefined` where there are several, a subgraph's among them, or the caller. */
  onlyUseOf(tensor: string): Use | undefined {
    const [use, ...more] = this.usesOf(tensor);
    return more.length > 0 || this.isOutput(tensor) || this.isCaptured(tensor) ? undefined : use;
  }

  /** The nodes that read the tensor, in subgraphs too, each once. */
  consumersOf(tensor: string): readonly GraphNode[] {
    return this.uses.nodesOf(tensor);
  }

  /** Whether a subgraph uses the tensor by name; such a tensor cannot be renamed or replaced. */
  isCaptured(tensor: string): boolean {
    return this.consumersOf(tensor).some(({ captures }) => captures.includes(tensor));
  }

  /** The value of a tensor that never changes: an initializer that nobody may feed, or what a Constant node gives. */
  constantOf(tensor: string): Tensor | undefined {
    const found = this.constants.get(tensor);
    if (found !== undefined)
      return this.defaultedInputs.some(({ name }) => name === tensor) ? undefined : found;
    const node = this.producers.get(tensor);
    return node?.is('Constant') === true ? constantValueOf(node)?.withName(tensor) : undefined;
  }

  /**
   * What is known about a tensor: as declared or inferred, or from the initializer. The interface of the graph may leave
   * lengths open that inference knows.
   */
  valueOf(tensor: string): ValueInfo | undefined {
    const constant = this.constants.get(tensor);
    if (constant !== undefined) return { name: tensor, dataType: constant.dataType, dims: constant.dims };
    const declared = [...this.inputs, ...this.outputList].find(({ name }) => name === tensor);
    const inner = this.values.get(tensor);
    if (declared?.dims === undefined || inner?.dims === undefined) return inner ?? declared;
    return { ...declared, dims: completed(declared.dims, inner.dims) };
  }

  addNode(spec: NewNode): GraphNode {
    const given = spec.attributes ?? {};
    const attributes = given instanceof Map ? given : new Map(Object.entries(given));
    const sources = spec.sources ?? [...new Set(spec.from?.flatMap((node) => node.sources))];
    const node = new GraphNode(
      spec.name ?? '',
      spec.opType,
      spec.domain ?? '',
      attributes,
      sources,
      spec.residue,
    );
    for (const output of spec.outputs) this.claim(output, node);
    (node as { outputs: readonly string[] }).outputs = [...spec.outputs];
    for (const name of namesInSubgraphs(attributes.values())) this.reserved.add(name);
    this.members.add(node);
    this.connect(node, spec.inputs);
    return node;
  }

  /** The tensors it made keep their uses; give them another origin before the graph is written. */
  removeNode(node: GraphNode): void {
    if (!this.members.delete(node)) return;
    for (const output of node.outputs) this.producers.delete(output);
    this.uses.remove(node);
  }

  /** Puts a node of another kind in the place of one, with the same inputs and outputs unless the spec says otherwise. */
  replaceNode(node: GraphNode, spec: Partial<NewNode>): GraphNode {
    const { name, opType, domain, inputs, outputs, attributes } = node;
    this.removeNode(node);
    return this.addNode({ name, opType, domain, inputs, outputs, attributes, from: [node], ...spec });
  }

  /** Notes that `node` now does the work of `others` too; see {@link GraphNode.sources}. */
  inherit(node: GraphNode, ...others: readonly GraphNode[]): void {
    const sources = new Set([node, ...others].flatMap((one) => one.sources));
    (node as { sources: readonly string[] }).sources = [...sources];
  }

  setInputs(node: GraphNode, inputs: readonly string[]): void {
    this.uses.remove(node);
    this.connect(node, inputs);
  }

  setInput(node: GraphNode, index: number, tensor: string): void {
    const inputs: string[] = Array.from(
      { length: Math.max(node.inputs.length, index + 1) },
      (_, at) => node.inputs[at] ?? '',
    );
    inputs[index] = tensor;
    this.setInputs(node, inputs);
  }

  setOutput(node: GraphNode, index: number, tensor: string): void {
    const outputs = [...node.outputs];
    const old = outputs[index];
    if (old === undefined) throw new RangeError(`${node.label} has no output ${index}`);
    if (old === tensor) return;
    this.claim(tensor, node);
    this.producers.delete(old);
    outputs[index] = tensor;
    (node as { outputs: readonly string[] }).outputs = outputs;
  }

  /**
   * Lets the readers of `tensor` read `other` instead, all of them or those that `which` picks. The graph's own outputs
   * keep their names and are not touched.
   * @throws OnnxError `unsupported-operator` where all are to be replaced and a subgraph is among them
   */
  replaceUses(tensor: string, other: string, which?: (use: Use) => boolean): void {
    if (which === undefined && this.isCaptured(tensor))
      throw new OnnxError(
        'unsupported-operator',
        `tensor "${tensor}" is used inside a subgraph and cannot be replaced`,
      );
    for (const node of this.consumersOf(tensor))
      this.setInputs(
        node,
        node.inputs.map((name, index) =>
          name === tensor && (which?.({ node, index }) ?? true) ? other : name,
        ),
      );
  }

  /** Gives an inner tensor another name everywhere. Inputs and outputs of the graph are its interface and keep theirs. */
  renameTensor(tensor: string, name: string): void {
    if (this.isInput(tensor) || this.isOutput(tensor))
      throw new OnnxError(
        'invalid-graph',
        `tensor "${tensor}" is an input or output of the graph and keeps its name`,
      );
    const producer = this.producers.get(tensor);
    const constant = this.constants.get(tensor);
    if (this.isCaptured(tensor))
      throw new OnnxError(
        'unsupported-operator',
        `tensor "${tensor}" is used inside a subgraph and cannot be renamed`,
      );
    if (producer !== undefined) this.setOutput(producer, producer.outputs.indexOf(tensor), name);
    if (constant !== undefined) {
      this.addInitializer(constant.withName(name));
      this.constants.delete(tensor);
    }
    this.replaceUses(tensor, name);
    const info = this.values.get(tensor);
    this.values.delete(tensor);
    if (info !== undefined) this.values.set(name, { name, dataType: info.dataType, dims: info.dims });
  }

  addInitializer(tensor: Tensor): Tensor {
    this.assertFree(tensor.name);
    this.constants.set(tensor.name, tensor);
    return tensor;
  }

  /** Replaces the value of an initializer that exists, or adds it. */
  setInitializer(tensor: Tensor): Tensor {
    if (!this.constants.has(tensor.name)) return this.addInitializer(tensor);
    this.constants.set(tensor.name, tensor);
    return tensor;
  }

  removeInitializer(tensor: string): void {
    this.constants.delete(tensor);
  }

  /** `base`, or `base_1`, `base_2` … if that is taken: a name that no tensor of graph and subgraphs has. */
  freshName(base: string): string {
    let count = this.counters.get(base) ?? 0;
    let name = count === 0 ? base : `${base}_${count}`;
    while (name === '' || this.isTaken(name)) {
      count += 1;
      name = `${base}_${count}`;
    }
    this.counters.set(base, count);
    return name;
  }

  /**
   * Every node after those that make its inputs; nodes that are in order already stay so, hence the same graph always
   * gives the same order.
   * @throws OnnxError `invalid-graph` naming a node of a cycle
   */
  topological(): readonly GraphNode[] {
    return topologicalOrder(this.members, this.producers);
  }

  /** An independent graph with the same tensors. Its nodes are new objects. */
  clone(): Graph {
    return this.withInterface(this.inputs, this.outputList);
  }

  /** A {@link clone} whose inputs and outputs are declared otherwise, under the same names. */
  withInterface(
    inputs: readonly ValueInfo[],
    outputs: readonly ValueInfo[],
    defaultedInputs: readonly ValueInfo[] = this.defaultedInputs,
  ): Graph {
    const copy = new Graph(this.name, inputs, outputs, defaultedInputs, this.reserved, this.residue);
    for (const [name, tensor] of this.constants) copy.constants.set(name, tensor);
    for (const [name, info] of this.values) copy.values.set(name, info);
    for (const node of this.members) copy.addNode(node);
    return copy;
  }

  /** Whether a tensor of the graph or of its subgraphs has the name. */
  isTaken(name: string): boolean {
    return (
      this.constants.has(name) ||
      this.producers.has(name) ||
      this.uses.has(name) ||
      this.outputNames.has(name) ||
      this.reserved.has(name) ||
      this.isInput(name)
    );
  }

  private claim(tensor: string, node: GraphNode): void {
    if (tensor === '') return;
    this.assertFree(tensor);
    this.producers.set(tensor, node);
  }

  private assertFree(tensor: string): void {
    if (
      this.producers.has(tensor) ||
      this.constants.has(tensor) ||
      this.inputs.some(({ name }) => name === tensor)
    )
      throw new OnnxError('invalid-graph', `tensor "${tensor}" would have two origins`);
  }

  private connect(node: GraphNode, inputs: readonly string[]): void {
    (node as { inputs: readonly string[] }).inputs = [...inputs];
    this.uses.add(node);
  }
}

/** A declared shape with the lengths that it leaves open and inference knows. */
function completed(declared: readonly Dimension[], known: readonly Dimension[]): readonly Dimension[] {
  if (declared.length !== known.length) return declared;
  return declared.map((dim, axis) => {
    const length = known[axis] ?? null;
    return typeof dim === 'number' || (typeof length !== 'number' && dim !== null) ? dim : length;
  });
}
