import { attribute, createModel, Tensor, type NewNode, type OnnxModel } from '@hamon/onnx';
import { followChannels } from '../../src/prune/follow-channels.js';
import { findSpaces } from '../../src/prune/channel-spaces.js';
import { noise, weight } from '../quantize/models.js';

export const padded = { kernel_shape: attribute.ints([3, 3]), pads: attribute.ints([1, 1, 1, 1]) };

export const conv = (
  name: string,
  input: string,
  output: string,
  attributes: NewNode['attributes'] = {},
): NewNode => ({
  opType: 'Conv',
  name,
  inputs: [input, `${name}.w`, `${name}.b`],
  outputs: [output],
  attributes,
});

export const convWeights = (name: string, dims: readonly number[], seed: number, spread = 0.3): Tensor[] => [
  weight(`${name}.w`, dims, spread, seed),
  weight(`${name}.b`, dims.slice(0, 1), 0.1, seed + 1000),
];

export const relu = (input: string, output: string): NewNode => ({
  opType: 'Relu',
  inputs: [input],
  outputs: [output],
});

/** Ends a network of `channels` channels in four scores. */
export const head = (input: string, channels: number): { nodes: NewNode[]; initializers: Tensor[] } => ({
  nodes: [
    { opType: 'GlobalAveragePool', inputs: [input], outputs: ['pooled'] },
    { opType: 'Flatten', inputs: ['pooled'], outputs: ['flat'] },
    { opType: 'Gemm', name: 'head', inputs: ['flat', 'head.w', 'head.b'], outputs: ['y'] },
  ],
  initializers: [weight('head.w', [channels, 4], 1, 91), weight('head.b', [4], 0.1, 92)],
});

export function network(
  nodes: readonly NewNode[],
  initializers: readonly Tensor[],
  dims = [2, 8, 8],
): OnnxModel {
  return createModel({
    inputs: { x: { dims: ['batch', ...dims] } },
    outputs: { y: { dims: ['batch', 4] } },
    nodes,
    initializers,
  });
}

/**
 * An inverted-residual block: `stem` and `project` are added, `expand` goes through the depthwise `depth`; 16 channels
 * outside, 32 inside.
 */
export function invertedResidual(): OnnxModel {
  const end = head('sum', 16);
  return network(
    [
      conv('stem', 'x', 's', padded),
      relu('s', 'sr'),
      conv('expand', 'sr', 'e'),
      relu('e', 'er'),
      conv('depth', 'er', 'd', { ...padded, group: attribute.int(32) }),
      relu('d', 'dr'),
      conv('project', 'dr', 'p'),
      { opType: 'Add', name: 'residual', inputs: ['sr', 'p'], outputs: ['sum'] },
      ...end.nodes,
    ],
    [
      ...convWeights('stem', [16, 2, 3, 3], 1),
      ...convWeights('expand', [32, 16, 1, 1], 2),
      ...convWeights('depth', [32, 1, 3, 3], 3),
      ...convWeights('project', [16, 32, 1, 1], 4),
      ...end.initializers,
    ],
  );
}

/** Two convolutions; of the 16 channels between them the last 8 are multiples of the first, so that 8 can go for nothing. */
export function doubledChannels(): OnnxModel {
  const first = noise(8 * 18, 0.3, 5);
  const bias = noise(8, 0.1, 6);
  const twice = (values: Float32Array): Float32Array =>
    Float32Array.from({ length: 2 * values.length }, (_, i) =>
      i < values.length ? (values[i] as number) : 1.5 * (values[i - values.length] as number),
    );
  const end = head('t', 8);
  return network(
    [conv('first', 'x', 'f', padded), relu('f', 'fr'), conv('second', 'fr', 't', padded), ...end.nodes],
    [
      Tensor.ofFloats('first.w', [16, 2, 3, 3], twice(first)),
      Tensor.ofFloats('first.b', [16], twice(bias)),
      ...convWeights('second', [8, 16, 3, 3], 7, 0.1),
      ...end.initializers,
    ],
  );
}

/** Spaces by the names of their layers, as `makers → readers (channels)`. */
export function spacesOf(model: OnnxModel): readonly string[] {
  const names = (layers: readonly { readonly node: { readonly name: string } }[]): string =>
    layers.map(({ node }) => node.name).join('+');
  return findSpaces(followChannels(model)).spaces.map(
    ({ makers, readers, classes }) => `${names(makers)} → ${names(readers)} (${classes.length})`,
  );
}
