import { describe, expect, it } from 'vitest';
import { attribute, Tensor, type NewNode } from '@hamon/onnx';
import { findSpaces } from '../../src/prune/channel-spaces.js';
import { followChannels } from '../../src/prune/follow-channels.js';
import { noise, smallNetwork, weight } from '../quantize/models.js';
import {
  conv,
  convWeights,
  doubledChannels,
  head,
  invertedResidual,
  network,
  padded,
  relu,
  spacesOf,
} from './networks.js';

/** `first` with 8 channels, something behind it, and `last` that reads what comes out of it. */
const around = (between: NewNode[], { reads = 8, extra = [] as Tensor[], input = 'b' } = {}) => {
  const end = head('l', 8);
  return network(
    [conv('first', 'x', 'f', padded), ...between, conv('last', input, 'l'), ...end.nodes],
    [
      ...convWeights('first', [8, 2, 3, 3], 1),
      ...convWeights('last', [8, reads, 1, 1], 2),
      ...extra,
      ...end.initializers,
    ],
  );
};

describe('channels that belong together', () => {
  it('are those between two layers', () => {
    expect(spacesOf(doubledChannels())).toEqual(['first → second (16)', 'second → head (8)']);
  });

  it('are those of all layers whose outputs are added', () => {
    expect(spacesOf(smallNetwork())).toEqual(['stem+second → first+head (8)', 'first → second (8)']);
  });

  it('go through depthwise convolutions and residual additions at once', () => {
    const model = invertedResidual();
    expect(spacesOf(model)).toEqual(['stem+project → expand+head (16)', 'expand → project (32)']);
    expect(followChannels(model).depthwise.map(({ name }) => name)).toEqual(['depth']);
  });

  it('are joined over a chain of additions', () => {
    const end = head('a2', 8);
    const model = network(
      [
        conv('one', 'x', 'o', padded),
        conv('two', 'x', 't', padded),
        conv('three', 'x', 'h', padded),
        { opType: 'Add', inputs: ['o', 't'], outputs: ['a1'] },
        { opType: 'Add', inputs: ['a1', 'h'], outputs: ['a2'] },
        ...end.nodes,
      ],
      [
        ...['one', 'two', 'three'].flatMap((name, i) => convWeights(name, [8, 2, 3, 3], i)),
        ...end.initializers,
      ],
    );
    expect(spacesOf(model)).toEqual(['one+two+three → head (8)']);
  });

  it('are joined where one gates the other', () => {
    const end = head('g', 8);
    const model = network(
      [
        conv('main', 'x', 'm', padded),
        { opType: 'GlobalAveragePool', inputs: ['m'], outputs: ['p'] },
        conv('squeeze', 'p', 'q'),
        relu('q', 'qr'),
        conv('excite', 'qr', 'e'),
        { opType: 'Sigmoid', inputs: ['e'], outputs: ['gate'] },
        { opType: 'Mul', inputs: ['m', 'gate'], outputs: ['g'] },
        ...end.nodes,
      ],
      [
        ...convWeights('main', [8, 2, 3, 3], 1),
        ...convWeights('squeeze', [4, 8, 1, 1], 2),
        ...convWeights('excite', [8, 4, 1, 1], 3),
        ...end.initializers,
      ],
    );
    expect(spacesOf(model)).toEqual(['main+excite → squeeze+head (8)', 'squeeze → excite (4)']);
  });

  it('stay apart when they are concatenated, and are read by one layer', () => {
    const model = around(
      [
        conv('other', 'x', 'o', padded),
        { opType: 'Concat', inputs: ['f', 'o'], outputs: ['b'], attributes: { axis: attribute.int(1) } },
      ],
      { reads: 12, extra: convWeights('other', [4, 2, 3, 3], 3) },
    );
    expect(spacesOf(model)).toEqual(['first → last (8)', 'other → last (4)', 'last → head (8)']);
  });

  it('are several features each after an image was flattened', () => {
    const model = network(
      [
        conv('first', 'x', 'f', padded),
        { opType: 'Flatten', inputs: ['f'], outputs: ['v'] },
        { opType: 'Gemm', name: 'dense', inputs: ['v', 'dense.w'], outputs: ['y'] },
      ],
      [...convWeights('first', [8, 2, 3, 3], 1), weight('dense.w', [8 * 64, 4], 0.1, 2)],
    );
    expect(spacesOf(model)).toEqual(['first → dense (8)']);
    const dense = followChannels(model).layers.find(({ node }) => node.name === 'dense');
    expect(dense?.reads).toHaveLength(512);
    expect(new Set(dense?.reads?.slice(0, 64)).size).toBe(1);
    expect(dense?.reads?.[64]).not.toBe(dense?.reads?.[63]);
  });

  it.each<[string, NewNode, Tensor[]]>([
    [
      'a scale per channel',
      { opType: 'Mul', inputs: ['f', 'c'], outputs: ['b'] },
      [weight('c', [8, 1, 1], 1, 5)],
    ],
    ['one number for all', { opType: 'Mul', inputs: ['f', 'c'], outputs: ['b'] }, [weight('c', [1], 1, 5)]],
    [
      'pooling',
      {
        opType: 'MaxPool',
        inputs: ['f'],
        outputs: ['b'],
        attributes: { kernel_shape: attribute.ints([2, 2]) },
      },
      [],
    ],
    [
      'normalization',
      { opType: 'BatchNormalization', inputs: ['f', 's', 'o', 'm', 'v'], outputs: ['b'] },
      [
        ...['s', 'o', 'm'].map((name, i) => weight(name, [8], 1, 6 + i)),
        Tensor.ofFloats(
          'v',
          [8],
          noise(8, 1, 9).map((value) => 1 + value * value),
        ),
      ],
    ],
  ])('go through %s', (_what, node, extra) => {
    expect(spacesOf(around([node], { extra }))).toContain('first → last (8)');
  });

  it.each<[string, NewNode, Tensor[]]>([
    [
      'an operator without a rule',
      { opType: 'LRN', inputs: ['f'], outputs: ['b'], attributes: { size: attribute.int(3) } },
      [],
    ],
    [
      'a convolution of two groups',
      { ...conv('grouped', 'f', 'b', { group: attribute.int(2) }) },
      convWeights('grouped', [8, 4, 1, 1], 4),
    ],
    [
      'a mean over the channels',
      {
        opType: 'ReduceMean',
        inputs: ['f'],
        outputs: ['b'],
        attributes: { axes: attribute.ints([1]), keepdims: attribute.int(1) },
      },
      [],
    ],
  ])('stay in front of %s', (what, node, extra) => {
    const reads = what.includes('mean') ? 1 : 8;
    expect(spacesOf(around([node], { extra, reads }))).toEqual(['last → head (8)']);
  });

  it('stay in front of a vector of more elements than could be listed', () => {
    const model = network(
      [
        conv('stem', 'x', 's', padded),
        conv('first', 's', 'f', padded),
        { opType: 'Flatten', inputs: ['f'], outputs: ['v'] },
        { opType: 'ReduceSum', inputs: ['v'], outputs: ['y'] },
      ],
      [...convWeights('stem', [8, 2, 3, 3], 1), ...convWeights('first', [8, 8, 3, 3], 2)],
      [2, 65_536, 65_536],
    );
    expect(spacesOf(model)).toEqual(['stem → first (8)']);
  });

  it('go in front of 256 under a window of nine, and stay, with the layer named, in front of more', () => {
    const found = (width: number) => {
      const end = head('t', 8);
      const model = network(
        [conv('first', 'x', 'f', padded), conv('second', 'f', 't', padded), ...end.nodes],
        [
          ...convWeights('first', [width, 2, 3, 3], 1),
          ...convWeights('second', [8, width, 3, 3], 2),
          ...end.initializers,
        ],
      );
      const { spaces, tooWide } = findSpaces(followChannels(model));
      return [spaces.map(({ classes }) => classes.length), tooWide.map(({ node }) => node.name)];
    };
    expect(found(256)).toEqual([[256, 8], []]);
    expect(found(257)).toEqual([[8], ['second']]);
  });

  it('stay where the graph hands them out', () => {
    const model = doubledChannels();
    model.graph.setOutputs([
      ...model.graph.outputs,
      { name: 'f', dataType: 'float32', dims: ['batch', 16, 8, 8] },
    ]);
    expect(spacesOf(model)).toEqual(['second → head (8)']);
  });
});
