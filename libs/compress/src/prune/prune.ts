import { requireOpset, simplify, type OnnxModel } from '@hamon/onnx';
import { drawSamples, splitSamples } from '../dataset/split-source.js';
import type { CalibrationSource } from '../dataset/sample-source.js';
import { CompressError } from '../errors.js';
import { countMacs } from '../macs.js';
import { checkFloatModel } from '../quantize/check-float-model.js';
import { outputDistance } from '../quantize/output-distance.js';
import { outputsOf } from '../dataset/run-samples.js';
import { TensorSession } from '../runtime/tensor-session.js';
import { batchLength } from './batch-length.js';
import { findSpaces, MAX_FEATURES } from './channel-spaces.js';
import { chooseCounts } from './choose-counts.js';
import { followChannels } from './follow-channels.js';
import type { WeightedSamples } from './gather-moments.js';
import { priceSpaces } from './price-spaces.js';
import { withMirrored } from './mirrored-samples.js';
import { checkPruneOptions, type PruneOptions } from './prune-options.js';
import { macsAfter } from './pruned-macs.js';
import { refitLayers } from './refit-layers.js';
import { removeChannels } from './remove-channels.js';
import { sampleWeights } from './sample-weights.js';

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
  /** Distance of the outputs from the original's over all calibration samples; see `outputDistance`. */
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

const HELD_OUT = 0.25;
const HELD_OUT_MOST = 160;
const FITTED_MOST = 320;
const BATCH = 16;

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
  { signal, onProgress }: PruneHooks = {},
): Promise<PruneResult> {
  const checked = checkPruneOptions(options);
  checkFloatModel(source);
  requireOpset(source, 11, 25, 'pruning');
  if (calibration.count < 2)
    throw new CompressError(
      'dataset-empty',
      'pruning needs at least two calibration samples besides those it is judged on',
    );
  const { model } = simplify(source);
  const channels = followChannels(model);
  const kept = new Set(checked.keepLayers);
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
  const macsBefore = countMacs(model);

  const all = drawSamples(calibration, checked.maxSamples, checked.seed);
  const batch = await batchLength(model, all, BATCH, signal);
  const shown = checked.mirror ? withMirrored(all) : all;
  const shownOutputs = await outputsFor(model, shown, signal);
  const reference = shownOutputs.slice(0, all.count);
  const weigh = (picked: CalibrationSource, outputs: readonly Float32Array[]): WeightedSamples => ({
    source: picked,
    weights: sampleWeights(outputs),
    batch,
    signal,
  });
  const [held, rest] = splitSamples(all, Math.min(HELD_OUT, HELD_OUT_MOST / all.count), checked.seed);
  const fitted = drawSamples(rest, FITTED_MOST, checked.seed);
  onProgress?.(0.05);
  const priced = await priceSpaces({
    model,
    channels,
    spaces,
    fitted: weigh(fitted, await outputsFor(model, fitted, signal)),
    heldOut: held,
    reference: await outputsFor(model, held, signal),
    options: checked,
    onSpace: (done, of) => onProgress?.(0.1 + (0.3 * done) / of),
  });
  const macsOf = macsAfter(
    model,
    channels,
    priced.map(({ space }) => space),
  );
  const counts = chooseCounts(
    priced.map(({ curve }) => curve),
    macsOf,
    macsBefore * (1 - checked.macsReduction),
  );
  if (counts === undefined)
    throw new CompressError(
      'model-unsupported',
      `removing channels cannot save ${Math.round(checked.macsReduction * 100)} % of this model's operations in steps of ${options.channelMultiple ?? '8 or 16'} channels; lower macsReduction or channelMultiple${exceptWide(tooWide)}`,
    );

  const gone = new Set<number>();
  priced.forEach(({ space, elimination }, index) => {
    for (const at of elimination.order.slice(0, space.classes.length - (counts[index] ?? 0)))
      gone.add(space.classes[at] as number);
  });
  const pruned = removeChannels(model, channels, gone);
  await refitLayers({
    original: model,
    pruned,
    channels,
    gone,
    samples: weigh(shown, shownOutputs),
    onLayer: (done, of) => onProgress?.(0.4 + (0.55 * done) / of),
  });
  const result = simplify(pruned).model;
  const distance = outputDistance(reference, await outputsFor(result, all, signal));
  onProgress?.(1);
  return {
    model: result,
    notes: {
      spaces: priced.map(({ space, sensitivity }, index) => ({
        layers: space.makers.flatMap(({ node }) => node.sources),
        from: space.classes.length,
        to: counts[index] ?? space.classes.length,
        sensitivity,
      })),
      macsBefore,
      macsAfter: countMacs(result),
      distance,
      calibrationSamples: all.count,
      heldOutSamples: held.count,
      tooWide,
    },
  };
}

const exceptWide = (layers: readonly string[]): string =>
  layers.length === 0
    ? ''
    : `; the channels that ${layers.join(', ')} read${layers.length === 1 ? 's' : ''} stay, for only layers of at most ${MAX_FEATURES} inputs (channels by window positions) can be refitted`;

async function outputsFor(
  model: OnnxModel,
  source: CalibrationSource,
  signal: AbortSignal | undefined,
): Promise<readonly Float32Array[]> {
  const session = await TensorSession.open(model, { signal });
  try {
    return await outputsOf(session, source);
  } finally {
    await session.close();
  }
}
