import type { GraphNode, OnnxModel } from '@hamon/onnx';
import type { ChannelGraph, DenseLayer } from './channel-graph.js';
import { gatherMoments, type WeightedSamples } from './gather-moments.js';
import { writeFit } from './layer-fit.js';
import { layerFactsOf } from './layer-facts.js';
import { fitTargets } from './moments.js';
import { atBatchOne } from '../macs.js';
import type { MomentRequest, TensorOf } from './moment-model.js';
import { reestimateNormalization } from './reestimate-normalization.js';

export interface Refit {
  readonly original: OnnxModel;
  /** The model with channels removed; its weights are changed in place. */
  readonly pruned: OnnxModel;
  readonly channels: ChannelGraph;
  readonly gone: ReadonlySet<number>;
  readonly samples: WeightedSamples;
  readonly onLayer?: (done: number, of: number) => void;
}

/** Layers before the end that are refitted though none of their inputs went: they turn what error is left into answers. */
const LAST_LAYERS = 2;

/**
 * Refits, from first to last, each layer that lost inputs (and the last ones) by weighted least squares: on what the pruned model
 * really feeds it, to what the *original* model gives there, so that errors of earlier layers are mended rather than passed
 * on. Where a layer's output is added to a branch that is final already, it is fitted to the original sum less that branch.
 * BatchNormalization that could not be folded gets new statistics on the way.
 */
export async function refitLayers(refit: Refit): Promise<void> {
  const { channels, gone } = refit;
  const stays = (channel: number): boolean => !gone.has(channels.classes.find(channel));
  // Nodes keep the names of their outputs, which are what the two models have in common.
  const layerAt = new Map(channels.layers.map((layer) => [layer.node.outputs[0] ?? '', layer]));
  const chosen = nodesToRefit(refit, layerAt, stays);
  const pending = new Set<GraphNode>(chosen);
  for (const [done, node] of chosen.entries()) {
    refit.onLayer?.(done, chosen.length);
    pending.delete(node);
    const layer = layerAt.get(node.outputs[0] ?? '');
    if (layer === undefined) await reestimateNormalization(refit, node);
    else await refitLayer(refit, { ...layer, node }, pending, stays);
  }
  refit.onLayer?.(chosen.length, chosen.length);
}

/** Layers that lost inputs, the last ones, and every BatchNormalization, in the order of calculation. */
function nodesToRefit(
  { pruned }: Refit,
  layerAt: ReadonlyMap<string, DenseLayer>,
  stays: (channel: number) => boolean,
): readonly GraphNode[] {
  const order = pruned.graph.topological();
  const dense = order.filter((node) => layerAt.has(node.outputs[0] ?? ''));
  const last = new Set(dense.slice(-LAST_LAYERS));
  return order.filter((node) => {
    if (node.is('BatchNormalization')) return true;
    const layer = layerAt.get(node.outputs[0] ?? '');
    return (
      layer !== undefined && (last.has(node) || layer.reads?.some((channel) => !stays(channel)) === true)
    );
  });
}

async function refitLayer(
  { original, pruned, channels, samples }: Refit,
  layer: DenseLayer,
  pending: ReadonlySet<GraphNode>,
  stays: (channel: number) => boolean,
): Promise<void> {
  const { node, kind } = layer;
  const facts = layerFactsOf(pruned)(layer);
  if (facts === undefined) return;
  const [output = ''] = node.outputs;
  const sum = finalSum(pruned, channels, node, pending);
  const kept = [...layer.makes.keys()].filter((at) => stays(layer.makes[at] as number));
  const request: MomentRequest = {
    layer: { node, kind },
    model: 'current',
    features: facts.features,
    kernel: facts.kernel,
    spatial: facts.spatial,
    target: { model: 'original', tensor: sum?.total ?? output },
    targetChannels: kept,
    targetWidth: layer.makes.length,
    ...(sum === undefined ? {} : { minus: sum.branch }),
  };
  const [moments] = await gatherMoments(original, pruned, [request], samples);
  if (moments === undefined) return;
  const all = Array.from({ length: facts.features }, (_, feature) => feature);
  writeFit(pruned.graph, node, fitTargets(moments, all));
}

/** The addition right behind a layer, if its other side is final: of the layer's shape, not from this layer, nothing left to refit. */
function finalSum(
  pruned: OnnxModel,
  { layouts }: ChannelGraph,
  node: GraphNode,
  pending: ReadonlySet<GraphNode>,
): { readonly total: string; readonly branch: TensorOf } | undefined {
  const { graph } = pruned;
  const [output = ''] = node.outputs;
  const [use, ...more] = graph.usesOf(output);
  if (use === undefined || more.length > 0 || graph.isOutput(output) || !use.node.is('Add')) return undefined;
  const branch = use.node.inputs[1 - use.index] ?? '';
  const [total = ''] = use.node.outputs;
  const width = layouts.get(output)?.channels.length;
  // One value per channel that is added at every position is fitted to the sum nowhere.
  if (!sameLengths(pruned, output, total)) return undefined;
  if (layouts.get(branch)?.channels.length !== width || layouts.get(total)?.channels.length !== width)
    return undefined;
  const seen = new Set<GraphNode>();
  const waiting = [branch];
  for (let tensor = waiting.pop(); tensor !== undefined; tensor = waiting.pop()) {
    const producer = graph.producerOf(tensor);
    if (producer === undefined || seen.has(producer)) continue;
    if (producer === node || pending.has(producer)) return undefined;
    seen.add(producer);
    waiting.push(...producer.inputs);
  }
  return { total, branch: { model: 'current', tensor: branch } };
}

function sameLengths(model: OnnxModel, one: string, other: string): boolean {
  const { graph } = atBatchOne(model);
  const [a, b] = [graph.valueOf(one)?.dims, graph.valueOf(other)?.dims];
  return a !== undefined && a.length === b?.length && a.every((dim, axis) => dim === b[axis]);
}
