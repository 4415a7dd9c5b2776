import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inLongRun } from '@hamon/testing';
import { ClassificationSpec } from '@hamon/contracts';
import { readBundle } from '@hamon/inference';
import { topIndex } from '@hamon/tasks';
import { readModel, simplify, Tensor, writeModel, type NewNode, type OnnxModel } from '@hamon/onnx';
import { openImages, openLabelledImages } from '../../src/dataset/image-source.js';
import { countMacs } from '../../src/macs.js';
import { prune } from '../../src/prune/prune.js';
import type { PruneOptions } from '../../src/prune/prune-options.js';
import { outputDistance } from '../../src/judge/output-distance.js';
import { answers, noise, smallNetwork, smallSamples, weight } from '../quantize/models.js';
import { hasReference, REFERENCE } from '../support/reference.js';
import {
  conv,
  convWeights,
  doubledChannels,
  head,
  invertedResidual,
  network,
  padded,
  relu,
} from './networks.js';

const calibration = smallSamples(64);
const unseen = smallSamples(40, 77);
const fine: PruneOptions = { channelMultiple: 4 };

/** Lengths of each layer's weights, by the layer's name. */
const weightsOf = ({ graph }: OnnxModel): Readonly<Record<string, readonly number[] | undefined>> =>
  Object.fromEntries(
    graph
      .topological()
      .filter((node) => node.is('Conv', 'Gemm'))
      .map((node) => [node.name, graph.constantOf(node.inputs[1] ?? '')?.dims]),
  );

describe('pruning', () => {
  it('gives the original back where nothing is lost', async () => {
    const model = doubledChannels();
    const { model: pruned, notes } = await prune(model, calibration, {
      macsReduction: 0.4,
      channelMultiple: 8,
      keepLayers: ['second'],
    });
    expect(notes.spaces).toEqual([
      { layers: ['first'], from: 16, to: 8, sensitivity: expect.any(Number) as unknown },
    ]);
    expect(weightsOf(pruned)).toMatchObject({ first: [8, 2, 3, 3], second: [8, 8, 3, 3] });
    expect(outputDistance(await answers(model, unseen), await answers(pruned, unseen))).toBeLessThan(5e-3);
    expect(notes.macsAfter).toBeLessThanOrEqual(0.6 * notes.macsBefore);
  });

  it('cuts everything that goes with the channels, and the graph computes less', async () => {
    const model = invertedResidual();
    const { model: pruned, notes } = await prune(model, calibration, { ...fine, macsReduction: 0.5 });
    const [outer, inner] = notes.spaces.map(({ to }) => to);
    expect(weightsOf(pruned)).toEqual({
      stem: [outer, 2, 3, 3],
      expand: [inner, outer, 1, 1],
      depth: [inner, 1, 3, 3],
      project: [outer, inner, 1, 1],
      head: [outer, 4],
    });
    const depth = pruned.graph.nodes.find(({ name }) => name === 'depth');
    expect(depth?.int('group', 1)).toBe(inner);
    expect(countMacs(pruned)).toBe(notes.macsAfter);
    expect(notes.macsBefore).toBe(countMacs(simplify(model).model));
    expect(notes.macsAfter).toBeLessThanOrEqual(0.5 * notes.macsBefore);
    // Read again from its bytes, the model runs at any batch length.
    const [before, after] = [
      await answers(model, unseen),
      await answers(readModel(writeModel(pruned)), unseen),
    ];
    expect(after.map(({ length }) => length)).toEqual(before.map(({ length }) => length));
  });

  it.each<[string, () => OnnxModel]>([
    ['a residual block', smallNetwork],
    ['an inverted residual block', invertedResidual],
  ])('of %s comes nearer to the original by refitting than by cutting alone', async (_what, make) => {
    const model = make();
    const options = { ...fine, channelMultiple: 2, macsReduction: 0.3 };
    const { model: pruned } = await prune(model, calibration, options);
    const reference = await answers(model, unseen);
    const refitted = outputDistance(reference, await answers(pruned, unseen));
    const cut = outputDistance(reference, await answers(withoutSmallest(model, 0.3), unseen));
    expect(refitted).toBeLessThan(cut / 2);
  });

  it('can cut a layer whose output is added to what it reads', async () => {
    const end = head('sum', 16);
    const model = network(
      [
        conv('stem', 'x', 's', padded),
        relu('s', 'sr'),
        conv('more', 'sr', 'm', padded),
        { opType: 'Add', name: 'residual', inputs: ['sr', 'm'], outputs: ['sum'] },
        ...end.nodes,
      ],
      [
        ...convWeights('stem', [16, 2, 3, 3], 1),
        ...convWeights('more', [16, 16, 3, 3], 2, 0.1),
        ...end.initializers,
      ],
    );
    const { model: pruned } = await prune(model, calibration, { ...fine, macsReduction: 0.4 });
    const distance = outputDistance(await answers(model, unseen), await answers(pruned, unseen));
    expect(distance).toBeLessThan(0.5);
  });

  it('leaves a layer to its own outputs where they are added at every position of a branch', async () => {
    const end = head('sum', 16);
    const model = network(
      [
        conv('stem', 'x', 's', padded),
        relu('s', 'sr'),
        { opType: 'GlobalAveragePool', inputs: ['sr'], outputs: ['mean'] },
        conv('context', 'mean', 'c'),
        { opType: 'Add', name: 'everywhere', inputs: ['sr', 'c'], outputs: ['sum'] },
        ...end.nodes,
      ],
      [
        ...convWeights('stem', [16, 2, 3, 3], 1),
        ...convWeights('context', [16, 16, 1, 1], 2),
        ...end.initializers,
      ],
    );
    const { model: pruned, notes } = await prune(model, calibration, { ...fine, macsReduction: 0.3 });
    expect(notes.macsAfter).toBeLessThanOrEqual(0.7 * notes.macsBefore);
    const distance = outputDistance(await answers(model, unseen), await answers(pruned, unseen));
    expect(distance).toBeLessThan(0.5);
  });

  it.each<[string, (end: readonly NewNode[]) => readonly NewNode[]]>([
    [
      'fails',
      ([pool, flatten, dense]) => [
        { ...(pool as NewNode), inputs: ['t'] },
        flatten as NewNode,
        { opType: 'Reshape', inputs: ['flat', 'row'], outputs: ['one'] },
        { ...(dense as NewNode), inputs: ['one', 'head.w', 'head.b'] },
      ],
    ],
    [
      'mixes its samples',
      (end) => [{ opType: 'Reshape', inputs: ['t', 'planes'], outputs: ['lines'] }, ...end],
    ],
  ])('feeds a model one sample at a time where a batch %s', async (_what, ending) => {
    const end = head('lines', 8);
    const model = network(
      [
        conv('first', 'x', 'f', padded),
        relu('f', 'fr'),
        conv('second', 'fr', 't', padded),
        ...ending(end.nodes),
      ],
      [
        ...convWeights('first', [16, 2, 3, 3], 1),
        ...convWeights('second', [8, 16, 3, 3], 2),
        ...end.initializers,
        Tensor.ofInts('row', [2], [1, 8]),
        Tensor.ofInts('planes', [3], [1, 8, -1]),
      ],
    );
    const { notes } = await prune(model, calibration, { ...fine, macsReduction: 0.3 });
    expect(notes.macsAfter).toBeLessThanOrEqual(0.7 * notes.macsBefore);
    expect(notes.distance).toBeLessThan(0.5);
  });

  it('names the layers that are too wide where the rest cannot save enough', async () => {
    const end = head('t', 8);
    const model = network(
      [conv('first', 'x', 'f', padded), relu('f', 'fr'), conv('second', 'fr', 't', padded), ...end.nodes],
      [
        ...convWeights('first', [257, 2, 3, 3], 1),
        ...convWeights('second', [8, 257, 3, 3], 2, 0.01),
        ...end.initializers,
      ],
    );
    await expect(prune(model, calibration, { ...fine, macsReduction: 0.9 })).rejects.toMatchObject({
      code: 'model-unsupported',
      message: expect.stringMatching(
        /the channels that second reads stay, .* at most 2304 inputs/,
      ) as unknown,
    });
  });

  it('gives the same bytes for the same samples', async () => {
    const options = { ...fine, macsReduction: 0.4 };
    const [one, two] = [
      await prune(invertedResidual(), calibration, options),
      await prune(invertedResidual(), calibration, options),
    ];
    expect(writeModel(one.model)).toEqual(writeModel(two.model));
    expect(one.notes).toEqual(two.notes);
  });

  it('moves the statistics of a normalization that could not be folded', async () => {
    const end = head('t', 8);
    const positive = Tensor.ofFloats(
      'v',
      [16],
      noise(16, 0.3, 3).map((value) => 0.2 + value * value),
    );
    const normalize: NewNode = {
      opType: 'BatchNormalization',
      name: 'normalize',
      inputs: ['fr', 'scale', 'shift', 'm', 'v'],
      outputs: ['n'],
    };
    const model = network(
      [
        conv('stem', 'x', 's', padded),
        relu('s', 'sr'),
        conv('first', 'sr', 'f', padded),
        relu('f', 'fr'),
        normalize,
        relu('n', 'nr'),
        conv('second', 'nr', 't'),
        ...end.nodes,
      ],
      [
        ...convWeights('stem', [16, 2, 3, 3], 1),
        ...convWeights('first', [16, 16, 3, 3], 2, 0.15),
        ...convWeights('second', [8, 16, 1, 1], 3),
        weight('scale', [16], 1, 4),
        weight('shift', [16], 0.3, 5),
        weight('m', [16], 0.3, 6),
        positive,
        ...end.initializers,
      ],
    );
    const { model: pruned, notes } = await prune(model, calibration, {
      ...fine,
      macsReduction: 0.4,
      keepLayers: ['first', 'second'],
    });
    expect(notes.spaces.map(({ layers }) => layers)).toEqual([['stem']]);
    const kept = pruned.graph.nodes.find((node) => node.is('BatchNormalization'));
    const [, , , mean = '', variance = ''] = kept?.inputs ?? [];
    for (const name of [mean, variance]) {
      expect(name).toContain('reestimated');
      expect([...(pruned.graph.constantOf(name)?.floats() ?? [])].every(Number.isFinite)).toBe(true);
    }
    const distance = outputDistance(await answers(model, unseen), await answers(pruned, unseen));
    expect(distance).toBeLessThan(0.5);
  });

  it('leaves named layers whole', async () => {
    const { notes } = await prune(invertedResidual(), calibration, {
      ...fine,
      macsReduction: 0.3,
      keepLayers: ['project'],
    });
    expect(notes.spaces.map(({ layers }) => layers)).toEqual([['expand']]);
  });

  it.each<[string, () => OnnxModel, PruneOptions, string, RegExp]>([
    [
      'more than can go',
      invertedResidual,
      { ...fine, macsReduction: 0.99 },
      'model-unsupported',
      /99 % .* in steps of 4 channels/,
    ],
    [
      'a model whose only layer makes the output',
      () =>
        network(
          [
            { opType: 'Flatten', inputs: ['x'], outputs: ['f'] },
            { opType: 'Gemm', inputs: ['f', 'w'], outputs: ['y'] },
          ],
          [weight('w', [128, 4], 1, 1)],
        ),
      {},
      'model-unsupported',
      /no channels can be removed/,
    ],
    ['a reduction of everything', invertedResidual, { macsReduction: 1 }, 'option-invalid', /macsReduction/],
    ['a multiple of zero', invertedResidual, { channelMultiple: 0 }, 'option-invalid', /channelMultiple/],
    ['to keep nothing', invertedResidual, { minimumKept: 0 }, 'option-invalid', /minimumKept/],
    ['a single sample', invertedResidual, { maxSamples: 1 }, 'option-invalid', /maxSamples/],
  ])('refuses %s', async (_what, make, options, code, message) => {
    await expect(prune(make(), calibration, options)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as unknown,
    });
  });

  it('ends when it is cancelled', async () => {
    const stop = new AbortController();
    const work = prune(invertedResidual(), calibration, fine, {
      signal: stop.signal,
      onProgress: (share) => share > 0 && stop.abort(),
    });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
  });
});

/** What plain pruning does: the channels with the smallest weights give nothing, and nothing makes up for them. */
function withoutSmallest(model: OnnxModel, share: number): OnnxModel {
  const { model: copy } = simplify(model);
  const { graph } = copy;
  for (const node of graph.topological().filter((one) => one.is('Conv'))) {
    const tensor = graph.constantOf(node.inputs[1] ?? '');
    if (tensor === undefined) continue;
    const values = Float32Array.from(tensor.floats());
    const [channels = 0] = tensor.dims;
    const size = values.length / channels;
    const norm = (at: number): number =>
      values.slice(at * size, (at + 1) * size).reduce((sum, v) => sum + v * v, 0);
    const smallest = Array.from({ length: channels }, (_, at) => at).sort((a, b) => norm(a) - norm(b));
    for (const at of smallest.slice(0, Math.round(share * channels)))
      values.fill(0, at * size, (at + 1) * size);
    graph.setInput(
      node,
      1,
      graph.addInitializer(Tensor.ofFloats(graph.freshName('cut'), tensor.dims, values)).name,
    );
  }
  return copy;
}

inLongRun(hasReference ? describe : describe.skip)(
  `a model of the field (needs ${join('..', 'shared', 'data')})`,
  () => {
    it('loses a third of its work and keeps its answers', async () => {
      const dir = join(REFERENCE, 'models/tile-inspector-2.0.0');
      const bundle = await readBundle(dir);
      if (!bundle.ok) throw new Error(bundle.error.detail);
      const { input, output } = bundle.value;
      const { labels } = ClassificationSpec.parse(output);
      const model = readModel(await readFile(join(dir, 'model.fp32.onnx')));
      const images = await openImages(join(REFERENCE, 'tiles/train'), input, { labels });
      const test = await openLabelledImages(join(REFERENCE, 'tiles/test'), input, { labels });
      const { model: pruned, notes } = await prune(model, images);
      expect(notes.macsAfter).toBeLessThanOrEqual(0.7 * notes.macsBefore);
      const accuracy = async (of: OnnxModel): Promise<number> => {
        const right = (await answers(of, test)).filter((scores, i) => topIndex(scores) === test.labelOf(i));
        return right.length / test.count;
      };
      expect((await accuracy(model)) - (await accuracy(pruned))).toBeLessThanOrEqual(0.015 + 1e-9);
    });
  },
);
