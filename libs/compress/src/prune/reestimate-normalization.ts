import { Tensor, type GraphNode, type OnnxModel } from '@hamon/onnx';
import type { ChannelGraph } from './channel-graph.js';
import { gatherMoments, type WeightedSamples } from './gather-moments.js';
import { atBatchOne } from '../macs.js';
import type { Moments } from './moments.js';
import type { MomentRequest } from './moment-model.js';

interface Models {
  readonly original: OnnxModel;
  readonly pruned: OnnxModel;
  readonly channels: ChannelGraph;
  readonly gone: ReadonlySet<number>;
  readonly samples: WeightedSamples;
}

const MIN_VARIANCE = 1e-12;

/**
 * Moves the stored mean and variance of a BatchNormalization by as much as the pruning moved those of its input: what it
 * hands on is then distributed as in the original model.
 */
export async function reestimateNormalization(models: Models, node: GraphNode): Promise<void> {
  const { original, pruned, channels, gone, samples } = models;
  const [input = '', , , meanName = '', varianceName = ''] = node.inputs;
  const { graph } = pruned;
  const [mean, variance] = [graph.constantOf(meanName), graph.constantOf(varianceName)];
  const spatial = atBatchOne(pruned).graph.valueOf(input)?.dims?.slice(2);
  const layout = channels.layouts.get(input)?.channels;
  if (mean === undefined || variance === undefined || layout === undefined) return;
  if (!spatial?.every((length) => typeof length === 'number') || spatial.length === 0) return;
  const kept = [...layout.keys()].filter((at) => !gone.has(channels.classes.find(layout[at] as number)));
  // Both inputs, old and new, side by side: a window of one pixel over the one, the other as target.
  const request: MomentRequest = {
    layer: { node, kind: 'conv' },
    model: 'current',
    features: kept.length,
    kernel: spatial.map(() => 1),
    spatial,
    target: { model: 'original', tensor: input },
    targetChannels: kept,
    targetWidth: layout.length,
  };
  const [moments] = await gatherMoments(original, pruned, [request], samples);
  if (moments === undefined) return;
  const [means, variances] = [mean.floats(), variance.floats()];
  const newMeans = new Float32Array(kept.length);
  const newVariances = new Float32Array(kept.length);
  for (let c = 0; c < kept.length; c += 1) {
    const now = statistics(moments, c);
    const before = statistics(moments, kept.length + c);
    newMeans[c] = (means[c] as number) + now.mean - before.mean;
    const ratio = before.variance > MIN_VARIANCE ? now.variance / before.variance : 1;
    newVariances[c] = Math.max(MIN_VARIANCE, (variances[c] as number) * ratio);
  }
  const put = (at: number, name: string, values: Float32Array): void => {
    const tensor = Tensor.ofFloats(graph.freshName(`${name}_reestimated`), [values.length], values);
    graph.setInput(node, at, graph.addInitializer(tensor).name);
  };
  put(3, meanName, newMeans);
  put(4, varianceName, newVariances);
}

function statistics({ sums, features, targets }: Moments, at: number) {
  const width = features + targets + 1;
  const rows = sums[width * width - 1] as number;
  const mean = (sums[at * width + width - 1] as number) / rows;
  return { mean, variance: Math.max(0, (sums[at * width + at] as number) / rows - mean * mean) };
}
