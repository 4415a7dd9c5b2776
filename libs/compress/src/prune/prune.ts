import { requireOpset, simplify, type OnnxModel } from '@hamon/onnx';
import { recordOutputs } from '../dataset/run-samples.js';
import type { CalibrationSource } from '../dataset/sample-source.js';
import { CompressError } from '../errors.js';
import { countMacs } from '../macs.js';
import { checkFloatModel } from '../quantize/check-float-model.js';
import { PLAIN } from '../judge/yardstick.js';
import type { ChannelGraph } from './channel-graph.js';
import { findSpaces, MAX_FEATURES, type ChannelSpace } from './channel-spaces.js';
import { chooseCounts } from './choose-counts.js';
import { followChannels } from './follow-channels.js';
import { priceSpaces, type PricedSpace } from './price-spaces.js';
import { checkPruneOptions, type CheckedPruneOptions, type PruneOptions } from './prune-options.js';
import { drawPruneSamples, type PruneSamples } from './prune-samples.js';
import { macsAfter } from './pruned-macs.js';
import { refitLayers } from './refit-layers.js';
import { removeChannels } from './remove-channels.js';

/** What was decided about channels that go together. */
export interface PrunedSpace {
  /** The layers whose output channels these are, by name in the source model. */
  readonly layers: readonly string[];
  readonly from: number;
  readonly to: number;
  /** How much held-out outputs move per unit of error in the layers that read the channels. */
  readonly sensitivity: number;
}

export interface PruneNotes {
  readonly spaces: readonly PrunedSpace[];
  readonly macsBefore: number;
  readonly macsAfter: number;
  /** Distance of the outputs from the original's over the calibration samples; see `Yardstick`. */
  readonly distance: number;
  readonly calibrationSamples: number;
  readonly heldOutSamples: number;
  /** Layers that read too many features to be refitted, by name in the source model: the channels before them stay. */
  readonly tooWide: readonly string[];
}

export interface PruneResult {
  readonly model: OnnxModel;
  readonly notes: PruneNotes;
}

export interface PruneHooks {
  readonly signal?: AbortSignal | undefined;
  /** From 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** A simplified model with the channels that could go. */
interface PrunableModel {
  readonly model: OnnxModel;
  readonly channels: ChannelGraph;
  readonly spaces: readonly ChannelSpace[];
  readonly macs: number;
  /** See {@link PruneNotes}. */
  readonly tooWide: readonly string[];
}

/** A space with the number of its channels that stay. */
interface CutSpace extends PricedSpace {
  readonly kept: number;
}

/**
 * Structured pruning without training: whole channels go, chosen by calibration samples alone, and the layers that lose inputs
 * are refitted to the original model's outputs. The result is an ordinary smaller float model.
 * @throws CompressError `already-quantized`, `weights-not-finite`, `option-invalid`, `dataset-empty`, `model-unsupported` where no
 * channels can go or too few, and the faults of {@link TensorSession}; OnnxError `dynamic-shape`
 */
export async function prune(
  source: OnnxModel,
  calibration: CalibrationSource,
  options: PruneOptions = {},
  { signal, onProgress = () => undefined }: PruneHooks = {},
): Promise<PruneResult> {
  const checked = checkPruneOptions(options);
  const prunable = prunableModel(source, calibration, checked);
  const { model, channels, spaces } = prunable;
  const samples = await drawPruneSamples(model, calibration, checked, signal);
  onProgress(0.05);
  const priced = await priceSpaces({
    model,
    channels,
    spaces,
    fitted: samples.priced,
    heldOut: samples.heldOut,
    options: checked,
    onSpace: (done, of) => onProgress(0.1 + (0.3 * done) / of),
  });
  const cut = cutSpaces(prunable, priced, checked);
  const pruned = await withoutChannels(prunable, cut, samples, (share) => onProgress(0.4 + 0.55 * share));
  const { yardstick = PLAIN } = samples.all.samples;
  const { outputs } = await recordOutputs(pruned, samples.all.samples, { signal });
  onProgress(1);
  return {
    model: pruned,
    notes: {
      spaces: cut.map(notesOf),
      macsBefore: prunable.macs,
      macsAfter: countMacs(pruned),
      distance: yardstick.distance(samples.all.outputs, outputs),
      calibrationSamples: samples.count,
      heldOutSamples: samples.heldOut.samples.count,
      tooWide: prunable.tooWide,
    },
  };
}

function prunableModel(
  source: OnnxModel,
  calibration: CalibrationSource,
  { keepLayers }: CheckedPruneOptions,
): PrunableModel {
  checkFloatModel(source);
  requireOpset(source, 11, 25, 'pruning');
  if (calibration.count < 2)
    throw new CompressError(
      'dataset-empty',
      'pruning needs at least two calibration samples besides those it is judged on',
    );
  const { model } = simplify(source);
  const channels = followChannels(model);
  const kept = new Set(keepLayers);
  const found = findSpaces(channels);
  const tooWide = found.tooWide.flatMap(({ node }) => node.sources);
  const spaces = found.spaces.filter(
    ({ makers }) => !makers.some(({ node }) => node.sources.some((name) => kept.has(name))),
  );
  if (spaces.length === 0)
    throw new CompressError(
      'model-unsupported',
      `no channels can be removed: pruning needs Conv, Gemm or MatMul layers that read what others of them make${exceptWide(tooWide)}`,
    );
  return { model, channels, spaces, macs: countMacs(model), tooWide };
}

/** How many channels of each space stay, so that enough operations go at the least cost. */
function cutSpaces(
  { model, channels, macs, tooWide }: PrunableModel,
  priced: readonly PricedSpace[],
  { macsReduction, channelMultiple }: CheckedPruneOptions,
): readonly CutSpace[] {
  const spaces = priced.map(({ space }) => space);
  const curves = priced.map(({ curve }) => curve);
  const counts = chooseCounts(curves, macsAfter(model, channels, spaces), macs * (1 - macsReduction));
  if (counts === undefined)
    throw new CompressError(
      'model-unsupported',
      `removing channels cannot save ${Math.round(macsReduction * 100)} % of this model's operations in steps of ${channelMultiple ?? '8 or 16'} channels; lower macsReduction or channelMultiple${exceptWide(tooWide)}`,
    );
  return priced.map((one, index) => ({ ...one, kept: counts[index] ?? one.space.classes.length }));
}

/** The model without the channels that go, its layers refitted to what the original gives. */
async function withoutChannels(
  { model, channels }: PrunableModel,
  cut: readonly CutSpace[],
  { refitted }: PruneSamples,
  onProgress: (share: number) => void,
): Promise<OnnxModel> {
  const gone = new Set<number>();
  for (const { space, elimination, kept } of cut)
    for (const at of elimination.order.slice(0, space.classes.length - kept))
      gone.add(space.classes[at] as number);
  const pruned = removeChannels(model, channels, gone);
  await refitLayers({
    original: model,
    pruned,
    channels,
    gone,
    samples: refitted,
    onLayer: (done, of) => onProgress(done / of),
  });
  return simplify(pruned).model;
}

const notesOf = ({ space, sensitivity, kept }: CutSpace): PrunedSpace => ({
  layers: space.makers.flatMap(({ node }) => node.sources),
  from: space.classes.length,
  to: kept,
  sensitivity,
});

const exceptWide = (layers: readonly string[]): string =>
  layers.length === 0
    ? ''
    : `; the channels that ${layers.join(', ')} read${layers.length === 1 ? 's' : ''} stay, for only layers of at most ${MAX_FEATURES} inputs (channels by window positions) can be refitted`;
