import type { Graph, GraphNode, OnnxModel } from '@hamon/onnx';
import { atBatchOne } from '../macs.js';
import type { DenseLayer } from './channel-graph.js';

/** Lengths that a moment request needs to know of a dense layer. */
export interface LayerFacts {
  readonly features: number;
  readonly outputs: number;
  readonly kernel: readonly number[];
  /** Spatial lengths of a Conv's output; empty for others. */
  readonly spatial: readonly number[];
}

/** Shapes of a model at batch 1, as a function of its own nodes. */
export function layerFactsOf(
  model: OnnxModel,
): (layer: Pick<DenseLayer, 'node' | 'kind'>) => LayerFacts | undefined {
  const { graph } = atBatchOne(model);
  return ({ node, kind }) => factsOf(graph, node, kind);
}

function factsOf(graph: Graph, node: GraphNode, kind: DenseLayer['kind']): LayerFacts | undefined {
  const weight = graph.constantOf(node.inputs[1] ?? '')?.dims;
  if (weight === undefined) return undefined;
  const [first = 0, second = 0, ...kernel] = weight;
  if (kind === 'conv') {
    const spatial = graph.valueOf(node.outputs[0] ?? '')?.dims?.slice(2);
    if (!spatial?.every((length) => typeof length === 'number')) return undefined;
    return {
      features: second * kernel.reduce((size, length) => size * length, 1),
      outputs: first,
      kernel,
      spatial,
    };
  }
  const turned = node.int('transB', 0) === 1;
  return { features: turned ? second : first, outputs: turned ? first : second, kernel: [], spatial: [] };
}
