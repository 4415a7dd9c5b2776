import type { ElementType } from './element-type.js';
import { Graph, type NewNode } from './graph.js';
import { OnnxModel } from './onnx-model.js';
import type { Tensor } from './tensor.js';
import type { Dimension, ValueInfo } from './value-info.js';

/** Type and shape of an input or output, by its name. */
export type Interface = Readonly<
  Record<string, { readonly dims: readonly Dimension[]; readonly dataType?: ElementType }>
>;

export interface ModelSpec {
  readonly inputs: Interface;
  readonly outputs: Interface;
  readonly nodes: readonly NewNode[];
  readonly initializers?: readonly Tensor[];
  /** Version of ONNX's own operator set; 17 if left out. */
  readonly opset?: number;
  /** Further operator sets by domain. */
  readonly domains?: Readonly<Record<string, number>>;
  /** Version of the file format; 8 if left out. */
  readonly irVersion?: number;
}

/** A model from nothing; float32 where no element type is given. */
export function createModel(spec: ModelSpec): OnnxModel {
  const graph = new Graph('graph', valuesOf(spec.inputs), valuesOf(spec.outputs));
  for (const tensor of spec.initializers ?? []) graph.addInitializer(tensor);
  for (const node of spec.nodes) {
    const sources = [node.name ?? `${node.opType}:${node.outputs[0] ?? ''}`];
    graph.addNode({ sources, ...node });
  }
  const opsets = new Map([['', spec.opset ?? 17], ...Object.entries(spec.domains ?? {})]);
  return new OnnxModel(graph, spec.irVersion ?? 8, opsets, { name: 'hamon', version: '' });
}

function valuesOf(interfaces: Interface): ValueInfo[] {
  return Object.entries(interfaces).map(([name, { dims, dataType = 'float32' }]) => ({
    name,
    dataType,
    dims,
  }));
}
