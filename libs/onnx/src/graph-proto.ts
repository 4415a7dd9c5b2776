import { create } from '@bufbuild/protobuf';
import { OnnxError } from './errors.js';
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  NodeProtoSchema,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
} from './generated/onnx_pb.js';
import { Graph } from './graph.js';
import type { GraphNode } from './graph-node.js';
import { tensorFromProto, tensorToProto } from './tensor-proto.js';
import { valueInfoFromProto, valueInfoToProto } from './value-info.js';

/** @throws OnnxError `invalid-graph` where a tensor has two origins or none, or nodes form a cycle */
export function graphFromProto(proto: GraphProto): Graph {
  const initializerNames = new Set(proto.initializer.map(({ name }) => name));
  const inputs = proto.input.map(valueInfoFromProto);
  const reserved = new Set<string>();
  // Sparse initializers are kept untouched; their names are origins that no pass may reuse.
  for (const { values } of proto.sparseInitializer) if (values !== undefined) reserved.add(values.name);
  const graph = new Graph(
    proto.name,
    inputs.filter(({ name }) => !initializerNames.has(name)),
    proto.output.map(valueInfoFromProto),
    inputs.filter(({ name }) => initializerNames.has(name)),
    reserved,
    proto,
  );
  for (const info of proto.valueInfo) graph.values.set(info.name, valueInfoFromProto(info));
  for (const tensor of proto.initializer) graph.addInitializer(tensorFromProto(tensor));
  for (const node of proto.node) addNode(graph, node);
  checkOrigins(graph, new Set(proto.sparseInitializer.map(({ values }) => values?.name ?? '')));
  graph.topological();
  return graph;
}

export function graphToProto(graph: Graph): GraphProto {
  const { residue } = graph;
  // Inputs keep the order they were read in, defaulted ones among them.
  const order = new Map(residue?.input.map(({ name }, index) => [name, index]));
  const inputs = [...graph.inputs, ...graph.defaultedInputs].sort(
    (a, b) => (order.get(a.name) ?? Infinity) - (order.get(b.name) ?? Infinity) || 0,
  );
  const alive = (name: string): boolean => graph.producerOf(name) !== undefined;
  const message = create(GraphProtoSchema, {
    node: graph.topological().map(nodeToProto),
    name: graph.name === '' ? 'graph' : graph.name,
    initializer: [...graph.initializers.values()].map(tensorToProto),
    ...(residue === undefined
      ? {}
      : {
          sparseInitializer: residue.sparseInitializer,
          quantizationAnnotation: residue.quantizationAnnotation.filter(({ tensorName }) =>
            alive(tensorName),
          ),
          metadataProps: residue.metadataProps,
        }),
    input: inputs.map(valueInfoToProto),
    output: graph.outputs.map(valueInfoToProto),
    valueInfo: [...graph.values.values()]
      .filter(({ name }) => alive(name) && !graph.isOutput(name))
      .map(valueInfoToProto),
  });
  if (residue !== undefined && residue.docString !== '') message.docString = residue.docString;
  if (residue?.$unknown !== undefined) message.$unknown = residue.$unknown;
  return message;
}

function addNode(graph: Graph, proto: NodeProto): void {
  const attributes = new Map<string, AttributeProto>();
  for (const one of proto.attribute) {
    if (attributes.has(one.name))
      throw new OnnxError('invalid-graph', `node "${proto.name}" has the attribute "${one.name}" twice`);
    attributes.set(one.name, one);
  }
  const { name, opType, domain } = proto;
  if (opType === '') throw new OnnxError('invalid-graph', `node "${name}" names no operator`);
  const sources = [name === '' ? `${opType}:${proto.output[0] ?? ''}` : name];
  graph.addNode({
    name,
    opType,
    domain,
    inputs: proto.input,
    outputs: proto.output,
    attributes,
    sources,
    residue: proto,
  });
}

function nodeToProto(node: GraphNode): NodeProto {
  const { residue } = node;
  const message = create(NodeProtoSchema, {
    input: [...node.inputs],
    output: [...node.outputs],
    ...(node.name === '' ? {} : { name: node.name }),
    opType: node.opType,
    ...(node.domain === '' ? {} : { domain: node.domain }),
    attribute: [...node.attributes].map(([name, one]) =>
      one.name === name ? one : create(AttributeProtoSchema, { ...one, name }),
    ),
    metadataProps: residue?.metadataProps ?? [],
    deviceConfigurations: residue?.deviceConfigurations ?? [],
  });
  if (residue !== undefined && residue.overload !== '') message.overload = residue.overload;
  if (residue !== undefined && residue.docString !== '') message.docString = residue.docString;
  if (residue?.$unknown !== undefined) message.$unknown = residue.$unknown;
  return message;
}

function checkOrigins(graph: Graph, sparse: ReadonlySet<string>): void {
  const has = (name: string): boolean =>
    name === '' ||
    graph.producerOf(name) !== undefined ||
    graph.initializers.has(name) ||
    graph.isInput(name) ||
    sparse.has(name);
  for (const node of graph.nodes)
    for (const name of [...node.inputs, ...node.captures])
      if (!has(name))
        throw new OnnxError('invalid-graph', `${node.label} reads the tensor "${name}", which nothing makes`);
  for (const { name } of graph.outputs)
    if (!has(name) || name === '') throw new OnnxError('invalid-graph', `nothing makes the output "${name}"`);
}
