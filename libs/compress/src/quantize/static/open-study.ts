import {
  areStatic,
  inferShapes,
  liftOperatorSet,
  OnnxError,
  type Graph,
  type GraphNode,
  type OnnxModel,
} from '@hamon/onnx';
import { CompressError } from '../../errors.js';
import type { CalibrationSource } from '../../dataset/sample-source.js';
import { drawSamples, splitSamples } from '../../dataset/split-source.js';
import { CALIBRATORS, type Calibrator, type StaticQuantizationOptions } from '../options.js';
import { prepareModel } from '../prepare-model.js';
import { roleOf } from './node-roles.js';
import { ActivationObserver } from './activation-observer.js';
import { HeldOutComparison } from './held-out-comparison.js';
import { planOf, type QuantizationSettings, type QuantizationStudy } from './quantization-study.js';

const MAX_SAMPLES = 256;
const PERCENTILE = 0.9999;
/** Share of few samples that gives ranges; of many, as many are held out as give ranges. */
const FIT_SHARE = 0.7;

/** Checks model, samples and options, and sets up what int8 forms are built from and compared on. */
export function openStudy(
  source: OnnxModel,
  calibration: CalibrationSource,
  options: StaticQuantizationOptions,
  signal?: AbortSignal,
): QuantizationStudy {
  checkOptions(options);
  if (calibration.count === 0) throw new CompressError('dataset-empty', 'there are no calibration samples');
  const model = prepareModel(withAxes(source));
  checkModel(model, calibration);
  const keepFloat = keepFloatOf(model, options.keepFloat ?? []);
  const [fit, held] = partsOf(calibration, options);
  const study: QuantizationStudy = {
    model,
    keepFloat,
    observer: new ActivationObserver(model, fit, signal),
    comparison: new HeldOutComparison(source, held, signal),
  };
  if (planOf(study).layers.length === 0) throw nothingToQuantize(model);
  return study;
}

/** DequantizeLinear has scales per channel since operator set 13. */
function withAxes(source: OnnxModel): OnnxModel {
  try {
    return liftOperatorSet(source);
  } catch (cause) {
    if (!(cause instanceof OnnxError)) throw cause;
    throw new CompressError('model-unsupported', `static quantization: ${cause.message}`, { cause });
  }
}

/** A float file under the name of an int8 variant would be a false promise. */
function nothingToQuantize({ graph }: OnnxModel): CompressError {
  const layers = graph.nodes.filter((node) => roleOf(graph, node) === 'layer');
  if (layers.length > 0)
    return new CompressError(
      'option-invalid',
      `keepFloat: no layer is left to quantize, the model has ${layers.map(({ label }) => label).join(', ')}`,
    );
  const others = [...new Set(graph.topological().map(({ opType }) => opType))].join(', ');
  return new CompressError(
    'model-unsupported',
    `static quantization takes Conv, Gemm and MatMul with constant float32 weights, and finds none among the operators of this model: ${others}`,
  );
}

export function settingsOf(options: StaticQuantizationOptions, calibrator: Calibrator): QuantizationSettings {
  return {
    calibrator,
    biasCorrection: false,
    percentile: options.percentile ?? PERCENTILE,
    perChannel: options.granularity !== 'per-tensor',
    activations: options.activations === 's8' ? 'int8' : 'uint8',
    symmetricActivations: options.symmetricActivations ?? false,
    weightLimit: options.reduceRange === true ? 63 : 127,
  };
}

function partsOf(
  calibration: CalibrationSource,
  { maxSamples = MAX_SAMPLES, seed = 1 }: StaticQuantizationOptions,
): readonly [CalibrationSource, CalibrationSource] {
  // A single sample has to do both.
  if (calibration.count === 1) return [calibration, calibration];
  const drawn = drawSamples(calibration, 2 * maxSamples, seed);
  const share = Math.max(0.5, Math.min(FIT_SHARE, maxSamples / drawn.count));
  return splitSamples(drawn, share, seed);
}

function keepFloatOf(model: OnnxModel, names: readonly string[]): (node: GraphNode) => boolean {
  const known = new Set(model.graph.nodes.flatMap(({ sources }) => sources));
  for (const name of names)
    if (!known.has(name))
      throw new CompressError('option-invalid', `keepFloat: the model has no node "${name}"`);
  const keep = new Set(names);
  return (node) => node.sources.some((name) => keep.has(name));
}

function checkModel(model: OnnxModel, calibration: CalibrationSource): void {
  inferShapes(model);
  checkInput(model.graph, calibration);
  for (const layer of model.graph.nodes) {
    const dims = model.graph.valueOf(layer.inputs[0] ?? '')?.dims;
    // The batch may be open; an unknown number of channels or features means that the graph is not understood.
    if (layer.is('Conv') && dims !== undefined && !areStatic(dims.slice(1, 2)))
      throw new CompressError(
        'dynamic-shape',
        `the number of channels that ${layer.label} reads is unknown: [${dims.join(', ')}]`,
      );
  }
}

function checkInput({ inputs }: Graph, { input: name, dims: fed }: CalibrationSource): void {
  const input = inputs.find((one) => one.name === name);
  if (input === undefined || inputs.length !== 1)
    throw new CompressError(
      'model-unsupported',
      `calibration feeds "${name}", the model takes ${inputs.map((one) => `"${one.name}"`).join(', ')}`,
    );
  const fits =
    input.dims === undefined ||
    (input.dims.length === fed.length &&
      input.dims.every((dim, axis) => typeof dim !== 'number' || dim === fed[axis]));
  if (!fits || (input.dataType !== undefined && input.dataType !== 'float32'))
    throw new CompressError(
      'dataset-invalid',
      `calibration samples are float32 [${fed.join(', ')}], input "${input.name}" is ` +
        `${input.dataType ?? 'unknown'} [${input.dims?.join(', ') ?? ''}]`,
    );
}

function checkOptions({ percentile, maxSamples, calibrator, seed }: StaticQuantizationOptions): void {
  const invalid = (message: string): never => {
    throw new CompressError('option-invalid', message);
  };
  if (percentile !== undefined && !(percentile > 0.5 && percentile <= 1))
    invalid(`percentile must be above 0.5 and at most 1, is ${percentile}`);
  if (maxSamples !== undefined && !(Number.isInteger(maxSamples) && maxSamples >= 1))
    invalid(`maxSamples must be a whole number of at least 1, is ${maxSamples}`);
  if (seed !== undefined && !Number.isSafeInteger(seed)) invalid(`seed must be a whole number, is ${seed}`);
  if (calibrator !== undefined && calibrator !== 'auto' && !CALIBRATORS.includes(calibrator))
    invalid(`calibrator must be auto, ${CALIBRATORS.join(', ')}; is ${String(calibrator)}`);
}
