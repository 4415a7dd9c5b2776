import type { GraphNode, OnnxModel } from '@hamon/onnx';
import { CompressError } from '../../errors.js';
import type { CalibrationSource } from '../../dataset/sample-source.js';
import { drawSamples, splitSamples } from '../../dataset/split-source.js';
import { outputsOf } from '../../runtime/run-samples.js';
import { TensorSession } from '../../runtime/tensor-session.js';
import { calibrateRange } from '../calibrate/calibrate-range.js';
import type { Histogram } from '../calibrate/histogram.js';
import { observeActivations } from '../calibrate/observe-activations.js';
import { CALIBRATORS, type Calibrator, type StaticQuantizationOptions } from '../options.js';
import { outputDistance } from '../output-distance.js';
import { prepareModel } from '../prepare-model.js';
import type { Range } from '../quantization-parameters.js';
import { insertQuantization } from './insert-quantization.js';
import { planQuantization } from './plan-quantization.js';

export async function quantizeStatic(
  source: OnnxModel,
  calibration: CalibrationSource,
  options: StaticQuantizationOptions = {},
  signal?: AbortSignal,
) {
  const model = prepareModel(source);
  const keep = new Set(options.keepFloat);
  const plan = planQuantization(model.graph, (node: GraphNode) =>
    node.sources.some((name) => keep.has(name)),
  );
  const drawn = drawSamples(calibration, options.maxSamples ?? 256, options.seed ?? 1);
  const [fit, held] = splitSamples(drawn, 0.7, options.seed ?? 1);
  const histograms = await observeActivations(model, fit, [...new Set(plan.tensors.values())], signal);
  const reference = await run(model, held, signal);
  const chosen = options.calibrator ?? 'auto';
  const results = [];
  for (const calibrator of chosen === 'auto' ? CALIBRATORS : [chosen]) {
    const ranges = rangesOf(histograms, calibrator, options.percentile ?? 0.9999);
    const quantized = insertQuantization(model, plan, ranges, {
      perChannel: (options.granularity ?? 'per-channel') === 'per-channel',
      activations: (options.activations ?? 'u8') === 'u8' ? 'uint8' : 'int8',
      symmetricActivations: options.symmetricActivations ?? false,
      weightLimit: options.reduceRange === true ? 63 : 127,
    });
    results.push({
      calibrator,
      quantized,
      distance: outputDistance(reference, await run(quantized, held, signal)),
    });
  }
  results.sort((a, b) => a.distance - b.distance);
  const [best] = results;
  if (best === undefined) throw new CompressError('option-invalid', 'no calibrator');
  return {
    model: best.quantized,
    tried: results.map(({ calibrator, distance }) => ({ calibrator, distance })),
    plan,
  };
}

function rangesOf(histograms: ReadonlyMap<string, Histogram>, calibrator: Calibrator, percentile: number) {
  return new Map<string, Range>(
    [...histograms].map(([name, h]) => [name, calibrateRange(h, calibrator, percentile)]),
  );
}
async function run(model: OnnxModel, source: CalibrationSource, signal?: AbortSignal) {
  const session = await TensorSession.open(model, { signal });
  try {
    return await outputsOf(session, source);
  } finally {
    await session.close();
  }
}
