import type { OnnxModel } from '@hamon/onnx';
import { macsByNode } from '../macs.js';
import type { ChannelGraph } from './channel-graph.js';
import type { ChannelSpace } from './channel-spaces.js';

/** The model's multiply-accumulates as a function of how many channels of each space stay, without making the model. */
export function macsAfter(
  model: OnnxModel,
  { classes, layers, depthwise, layouts }: ChannelGraph,
  spaces: readonly ChannelSpace[],
): (counts: readonly number[]) => number {
  const spaceOf = new Map<number, number>();
  spaces.forEach(({ classes: members }, index) => {
    for (const member of members) spaceOf.set(member, index);
  });
  /** Channels per space, and of none (key −1). */
  const tally = (channels: readonly number[] | undefined): ReadonlyMap<number, number> => {
    const sizes = new Map<number, number>();
    for (const channel of channels ?? []) {
      const space = spaceOf.get(classes.find(channel)) ?? -1;
      sizes.set(space, (sizes.get(space) ?? 0) + 1);
    }
    return sizes;
  };
  const terms = [...macsByNode(model)].map(([node, macs]) => {
    const layer = layers.find((one) => one.node === node);
    const scaled = depthwise.includes(node) ? [layouts.get(node.inputs[0] ?? '')?.channels] : [];
    return { macs, axes: [...(layer === undefined ? scaled : [layer.reads, layer.makes])].map(tally) };
  });
  return (counts) => {
    const share = (sizes: ReadonlyMap<number, number>): number => {
      let [kept, all] = [0, 0];
      for (const [space, size] of sizes) {
        const full = spaces[space]?.classes.length ?? 1;
        kept += size * (space < 0 ? 1 : (counts[space] ?? full) / full);
        all += size;
      }
      return all === 0 ? 1 : kept / all;
    };
    return terms.reduce(
      (sum, { macs, axes }) => sum + axes.reduce((left, sizes) => left * share(sizes), macs),
      0,
    );
  };
}
