import type { GraphNode } from '@hamon/onnx';
import type { ChannelClasses } from './channel-classes.js';

/** Where a tensor keeps its channels; one entry per element along the axis, after Flatten several of the same channel. */
export interface Layout {
  readonly axis: number;
  readonly channels: readonly number[];
}

/** A constant that loses elements along an axis when channels go. */
export interface ChannelSlice {
  readonly node: GraphNode;
  /** Index of the node's input. */
  readonly input: number;
  readonly axis: number;
  readonly channels: readonly number[];
}

/** A Conv of one group, Gemm or MatMul with constant weights: makes channels of its own from those it reads. */
export interface DenseLayer {
  readonly node: GraphNode;
  readonly kind: 'conv' | 'gemm' | 'matmul';
  /** By feature, as {@link layerMatrix} orders them; `undefined` where the input's channels cannot be followed. */
  readonly reads: readonly number[] | undefined;
  /** By output channel. */
  readonly makes: readonly number[];
}

/** Everything that removing channels touches. */
export interface ChannelGraph {
  readonly classes: ChannelClasses;
  readonly layers: readonly DenseLayer[];
  readonly slices: readonly ChannelSlice[];
  /** Depthwise convolutions, whose `group` follows the channels of their input. */
  readonly depthwise: readonly GraphNode[];
  /** Reshapes from images to vectors that state the old length. */
  readonly flattening: readonly GraphNode[];
  readonly layouts: ReadonlyMap<string, Layout>;
}
