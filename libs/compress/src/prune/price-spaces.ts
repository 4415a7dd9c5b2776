import type { OnnxModel } from '@hamon/onnx';
import { recordOutputs, type RecordedOutputs } from '../dataset/run-samples.js';
import { PLAIN } from '../judge/yardstick.js';
import type { SampleSource } from '../dataset/sample-source.js';
import type { ChannelGraph, DenseLayer } from './channel-graph.js';
import type { ChannelSpace } from './channel-spaces.js';
import type { SpaceCurve } from './choose-counts.js';
import { eliminateChannels, type Elimination } from './eliminate-channels.js';
import { gatherMoments, type WeightedSamples } from './gather-moments.js';
import { layerFactsOf } from './layer-facts.js';
import { readFit, writeFit } from './layer-fit.js';
import { fitOfOutputs, fitTargets, type Moments } from './moments.js';
import { removeChannels } from './remove-channels.js';
import type { CheckedPruneOptions } from './prune-options.js';

/** A space with the order in which its channels go and what that costs. */
export interface PricedSpace {
  readonly space: ChannelSpace;
  readonly elimination: Elimination;
  readonly curve: SpaceCurve;
  /** Distance of the model's held-out outputs per unit of local error: how much the rest of the model minds. */
  readonly sensitivity: number;
}

export interface Pricing {
  readonly model: OnnxModel;
  readonly channels: ChannelGraph;
  readonly spaces: readonly ChannelSpace[];
  readonly fitted: WeightedSamples;
  readonly heldOut: RecordedOutputs<SampleSource>;
  readonly options: CheckedPruneOptions;
  readonly onSpace?: (done: number, of: number) => void;
}

/** Part of the counts at which the whole model's reaction is measured. */
const PROBE = 0.5;
/** From here on, blocks of 16 leave enough to choose from. */
const MANY_CHANNELS = 64;

/** Prices every space: locally by exact elimination, then once through the whole model to make prices comparable. */
export async function priceSpaces(pricing: Pricing): Promise<readonly PricedSpace[]> {
  const { spaces, onSpace } = pricing;
  const inTurn = new MomentsInTurn(pricing);
  const priced: PricedSpace[] = [];
  for (const [index, space] of spaces.entries()) {
    onSpace?.(index, spaces.length);
    const one = await priceSpace(pricing, space, await inTurn.of(index));
    if (one !== undefined) priced.push(one);
  }
  onSpace?.(spaces.length, spaces.length);
  return priced;
}

/** @returns nothing for a space from which no whole step of channels can go */
async function priceSpace(
  pricing: Pricing,
  space: ChannelSpace,
  moments: ReadonlyMap<DenseLayer, Moments>,
): Promise<PricedSpace | undefined> {
  const size = space.classes.length;
  const counts = countsOf(size, pricing.options);
  const [probe] = counts.slice(Math.floor(counts.length * PROBE));
  if (probe === undefined) return undefined;
  const readers = space.readers.map((layer) => ({
    moments: moments.get(layer) as Moments,
    fit: readFit(pricing.model.graph, layer.node),
    channelOf: channelIndices(pricing.channels, space, layer),
  }));
  const elimination = eliminateChannels(size, readers, counts.at(-1) ?? probe);
  const errorAt = (count: number): number => elimination.errors[size - count - 1] ?? 0;
  const gone = new Set(elimination.order.slice(0, size - probe).map((at) => space.classes[at] as number));
  const distance = await probeDistance(pricing, space, gone, moments);
  const sensitivity = distance / Math.max(errorAt(probe), 1e-12);
  const costs = counts.map((count) => sensitivity * errorAt(count));
  return { space, elimination, curve: { size, counts, costs }, sensitivity };
}

/** Of moments in memory, beside those of the space that is priced: some dozens of small layers, or a few wide ones. */
const MAX_NUMBERS = 8_000_000;

/** Moments of each space's readers, gathered for as many spaces ahead as memory allows, and let go after their last space. */
class MomentsInTurn {
  private readonly known = new Map<DenseLayer, Moments>();

  constructor(private readonly pricing: Pricing) {}

  async of(index: number): Promise<ReadonlyMap<DenseLayer, Moments>> {
    const ahead = this.pricing.spaces.slice(index).map(({ readers }) => readers);
    const needed = new Set(ahead.flat());
    for (const layer of this.known.keys()) if (!needed.has(layer)) this.known.delete(layer);
    const [now = [], ...later] = ahead;
    if (now.every((layer) => this.known.has(layer))) return this.known;
    const wanted = new Set(now);
    for (const readers of later) {
      const more = new Set([...wanted, ...readers]);
      if (numbersOf([...more, ...this.known.keys()]) > MAX_NUMBERS) break;
      for (const layer of readers) wanted.add(layer);
    }
    const missing = [...wanted].filter((layer) => !this.known.has(layer));
    for (const [layer, moments] of await readerMoments(this.pricing, missing)) this.known.set(layer, moments);
    return this.known;
  }
}

const numbersOf = (layers: readonly DenseLayer[]): number =>
  [...new Set(layers)].reduce(
    (sum, { reads, makes }) => sum + ((reads?.length ?? 0) + makes.length + 1) ** 2,
    0,
  );

/** Numbers of channels that may stay, falling. */
export function countsOf(
  size: number,
  { channelMultiple = size >= MANY_CHANNELS ? 16 : 8, minimumKept }: CheckedPruneOptions,
): number[] {
  const counts: number[] = [];
  const least = Math.max(1, Math.ceil(size * minimumKept));
  const most = (Math.ceil(size / channelMultiple) - 1) * channelMultiple;
  for (let count = most; count >= least; count -= channelMultiple) counts.push(count);
  return counts;
}

async function readerMoments(
  { model, fitted }: Pricing,
  readers: readonly DenseLayer[],
): Promise<ReadonlyMap<DenseLayer, Moments>> {
  const factsOf = layerFactsOf(model);
  const requests = readers.map((layer) => {
    const facts = factsOf(layer);
    if (facts === undefined) throw new RangeError(`${layer.node.label} has no known lengths`);
    return {
      layer,
      model: 'original' as const,
      features: facts.features,
      kernel: facts.kernel,
      spatial: facts.spatial,
      target: { model: 'original' as const, tensor: layer.node.outputs[0] ?? '' },
      targetChannels: Array.from({ length: facts.outputs }, (_, channel) => channel),
      targetWidth: facts.outputs,
    };
  });
  const moments = await gatherMoments(model, model, requests, fitted);
  return new Map(readers.map((layer, index) => [layer, moments[index] as Moments]));
}

/** The whole model's reaction when one space alone loses channels and its readers are refitted. */
async function probeDistance(
  { model, channels, heldOut, fitted }: Pricing,
  space: ChannelSpace,
  gone: ReadonlySet<number>,
  moments: ReadonlyMap<DenseLayer, Moments>,
): Promise<number> {
  const probe = removeChannels(model, channels, gone);
  for (const layer of space.readers) {
    const [output = ''] = layer.node.outputs;
    const node = probe.graph.producerOf(output);
    const left = (all: readonly number[]): number[] =>
      [...all.keys()].filter((at) => !gone.has(channels.classes.find(all[at] as number)));
    if (node === undefined) continue;
    const fit = fitTargets(moments.get(layer) as Moments, left(layer.reads ?? []));
    // A layer whose output is added to what it reads makes channels of the same space.
    writeFit(probe.graph, node, fitOfOutputs(fit, left(layer.makes)));
  }
  const { yardstick = PLAIN } = heldOut.samples;
  const { outputs } = await recordOutputs(probe, heldOut.samples, { signal: fitted.signal });
  return yardstick.distance(heldOut.outputs, outputs);
}

function channelIndices({ classes }: ChannelGraph, space: ChannelSpace, { reads }: DenseLayer): number[] {
  const indexOf = new Map(space.classes.map((key, index) => [key, index]));
  return (reads ?? []).map((channel) => indexOf.get(classes.find(channel)) ?? -1);
}
