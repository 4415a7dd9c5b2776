import type { Attribute } from './attribute.js';
import { OnnxError } from './errors.js';
import {
  AttributeProto_AttributeType as Type,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
} from './generated/onnx_pb.js';
import { clampToSafe, type Tensor } from './tensor.js';
import { tensorFromProto } from './tensor-proto.js';

/**
 * One operator of a graph. Read it freely; change it only through {@link Graph}, which keeps the indices of producers
 * and consumers true.
 */
export class GraphNode {
  /** Names of tensors; an empty name is an optional input left out. */
  readonly inputs: readonly string[] = [];
  /** Names of tensors; an empty name is an optional output that nobody wants. */
  readonly outputs: readonly string[] = [];
  /** Tensors of this graph that its subgraphs (If, Loop, Scan) use by name. */
  readonly captures: readonly string[];

  constructor(
    readonly name: string,
    readonly opType: string,
    /** Empty for ONNX's own operators. */
    readonly domain: string,
    readonly attributes: ReadonlyMap<string, Attribute>,
    /** The nodes of the file as read that this node comes from, by name (or `OpType:firstOutput` for a nameless one). */
    readonly sources: readonly string[],
    /** What the file says beyond the fields above; kept so that reading and writing loses nothing. */
    readonly residue?: NodeProto,
  ) {
    this.captures = capturesOf(attributes.values());
  }

  /** How the node is called in messages. */
  get label(): string {
    const named = this.name === '' ? `producing "${this.outputs[0] ?? ''}"` : `"${this.name}"`;
    return `${this.domain === '' ? '' : `${this.domain}.`}${this.opType} ${named}`;
  }

  /** Whether it is ONNX's own operator of one of these types. */
  is(...opTypes: readonly string[]): boolean {
    return (this.domain === '' || this.domain === 'ai.onnx') && opTypes.includes(this.opType);
  }

  int(name: string): number | undefined;
  int(name: string, missing: number): number;
  int(name: string, missing?: number): number | undefined {
    const found = this.typed(name, Type.INT);
    return found === undefined ? missing : clampToSafe(found.i);
  }

  ints(name: string): readonly number[] | undefined;
  ints(name: string, missing: readonly number[]): readonly number[];
  ints(name: string, missing?: readonly number[]): readonly number[] | undefined {
    const found = this.typed(name, Type.INTS);
    return found === undefined ? missing : found.ints.map(clampToSafe);
  }

  float(name: string): number | undefined;
  float(name: string, missing: number): number;
  float(name: string, missing?: number): number | undefined {
    const found = this.typed(name, Type.FLOAT);
    return found === undefined ? missing : found.f;
  }

  floats(name: string): readonly number[] | undefined {
    return this.typed(name, Type.FLOATS)?.floats;
  }

  string(name: string): string | undefined;
  string(name: string, missing: string): string;
  string(name: string, missing?: string): string | undefined {
    const found = this.typed(name, Type.STRING);
    return found === undefined ? missing : new TextDecoder().decode(found.s);
  }

  tensor(name: string): Tensor | undefined {
    const found = this.typed(name, Type.TENSOR)?.t;
    return found === undefined ? undefined : tensorFromProto(found);
  }

  private typed(name: string, type: Type): AttributeProto | undefined {
    const found = this.attributes.get(name);
    if (found !== undefined && found.type !== type)
      throw new OnnxError(
        'invalid-attribute',
        `attribute "${name}" of ${this.label} is ${Type[found.type]}, should be ${Type[type]}`,
      );
    return found;
  }
}

/** Every name that occurs in the subgraphs of attributes. */
export function namesInSubgraphs(attributes: Iterable<AttributeProto>): Set<string> {
  const names = new Set<string>();
  for (const one of attributes)
    for (const graph of one.g === undefined ? one.graphs : [one.g, ...one.graphs]) {
      for (const { name } of [...graph.input, ...graph.initializer]) names.add(name);
      for (const node of graph.node) {
        for (const name of [...node.input, ...node.output, ...namesInSubgraphs(node.attribute)])
          names.add(name);
      }
    }
  return names;
}

/** Names that the attributes' subgraphs use without defining them, in order of first use. */
function capturesOf(attributes: Iterable<AttributeProto>): readonly string[] {
  const captured = new Set<string>();
  for (const one of attributes) {
    if (one.g !== undefined) for (const name of freeNames(one.g)) captured.add(name);
    for (const graph of one.graphs) for (const name of freeNames(graph)) captured.add(name);
  }
  return [...captured];
}

function freeNames(graph: GraphProto): Set<string> {
  const defined = new Set<string>();
  for (const input of graph.input) defined.add(input.name);
  for (const constant of graph.initializer) defined.add(constant.name);
  for (const node of graph.node) for (const output of node.output) defined.add(output);
  const free = new Set<string>();
  const use = (name: string): void => {
    if (name !== '' && !defined.has(name)) free.add(name);
  };
  for (const node of graph.node) {
    for (const input of node.input) use(input);
    for (const inner of capturesOf(node.attribute)) use(inner);
  }
  for (const output of graph.output) use(output.name);
  return free;
}
