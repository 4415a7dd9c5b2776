import type { Graph, GraphNode } from '@hamon/onnx';
import { ChannelClasses } from './channel-classes.js';
import type { ChannelSlice, DenseLayer, Layout } from './channel-graph.js';

/**
 * What an operator does to channels: the layout of its first output; `opaque` where the output has no channels to follow and
 * the inputs' need not stay for it; `undefined` where the inputs' channels have to stay.
 */
export type ChannelRule = (walk: ChannelWalk, node: GraphNode) => Layout | 'opaque' | undefined;

/** The state of one walk, which the rules of single operators read and extend. */
export class ChannelWalk {
  readonly classes = new ChannelClasses();
  readonly layers: DenseLayer[] = [];
  readonly slices: ChannelSlice[] = [];
  readonly depthwise: GraphNode[] = [];
  readonly flattening: GraphNode[] = [];
  readonly layouts = new Map<string, Layout>();

  constructor(readonly graph: Graph) {}

  layoutOf(tensor: string | undefined): Layout | undefined {
    return this.layouts.get(tensor ?? '');
  }

  pin(tensor: string): void {
    this.classes.pin(this.layoutOf(tensor)?.channels ?? []);
  }

  pinInputs(node: GraphNode): void {
    for (const tensor of node.inputs) this.pin(tensor);
  }

  rankOf(tensor: string | undefined): number | undefined {
    return this.graph.valueOf(tensor ?? '')?.dims?.length;
  }

  lengthOf(tensor: string | undefined, axis: number): number | undefined {
    const length = this.graph.valueOf(tensor ?? '')?.dims?.[axis];
    return typeof length === 'number' ? length : undefined;
  }

  /** Notes that input `input` of the node is sliced with the channels, if it is a constant vector of that many. */
  sliceVector(node: GraphNode, input: number, channels: readonly number[]): boolean {
    const name = node.inputs[input] ?? '';
    if (name === '') return true;
    const constant = this.graph.constantOf(name);
    if (constant?.dims.length !== 1 || constant.size !== channels.length) return false;
    this.slices.push({ node, input, axis: 0, channels });
    return true;
  }
}
