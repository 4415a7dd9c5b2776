import { requireOpset, simplify, Tensor, type Graph, type GraphNode, type OnnxModel } from '@hamon/onnx';
import type { CalibrationSource } from '../dataset/sample-source.js';
import { drawSamples } from '../dataset/split-source.js';
import { CompressError } from '../errors.js';
import { countMacs } from '../macs.js';
import type { DenseLayer } from '../prune/channel-graph.js';
import { batchLength } from '../prune/batch-length.js';
import { gatherMoments, type WeightedSamples } from '../prune/gather-moments.js';
import { layerFactsOf, type LayerFacts } from '../prune/layer-facts.js';
import type { MomentRequest } from '../prune/moment-model.js';
import type { PruneHooks } from '../prune/prune.js';
import { fitTargets } from '../prune/moments.js';
import { checkFloatModel } from '../quantize/check-float-model.js';
import { factorFit, type FactoredFit } from './factor-fit.js';

/** Options of low-rank factorisation; what is left out is chosen as stated. */
export interface FactorizeOptions {
  /** Share of the variance of a layer's outputs that may be lost; 0.002 if left out. */
  readonly maxLostVariance?: number;
  /** Products are left alone that would not save this share of their operations; 0.2 if left out. */
  readonly minSaving?: number;
  /** Smallest number of weights worth two products instead of one; 65,536 if left out. */
  readonly minWeights?: number;
  /** Layers left alone, by name in the source model. */
  readonly keepLayers?: readonly string[];
  /** Calibration samples used at most; 1024 if left out. */
  readonly maxSamples?: number;
  /** For drawing samples; 1 if left out. */
  readonly seed?: number;
}

export interface FactoredLayer {
  /** Name in the source model. */
  readonly layer: string;
  readonly features: number;
  readonly outputs: number;
  readonly rank: number;
  readonly lostVariance: number;
}

export interface FactorizeResult {
  readonly model: OnnxModel;
  readonly notes: {
    readonly layers: readonly FactoredLayer[];
    /** Products with too long sides to be factored, by name in the source model. */
    readonly tooLarge: readonly string[];
    readonly macsBefore: number;
    readonly macsAfter: number;
    readonly calibrationSamples: number;
  };
}

const BATCH = 64;
/** Shorter side of a product: above this, the eigenvectors of one layer take a minute. */
export const MAX_SIDE = 1024;
/** Both sides together: the moments of one layer are as many numbers squared, 210 MB for 1024 × 4096. */
export const MAX_SIDES = 5120;

/**
 * Low-rank factorisation: a large Gemm or MatMul with constant weights becomes two thin ones where calibration data show that
 * its outputs vary in few directions. Layers are fitted in order on the inputs that the factored model gives them, to the
 * original model's outputs. A model where nothing pays comes back as it was.
 * @throws CompressError `already-quantized`, `weights-not-finite`, `option-invalid`, `dataset-empty` and the faults of
 * {@link TensorSession}
 */
export async function factorizeLayers(
  source: OnnxModel,
  calibration: CalibrationSource,
  options: FactorizeOptions = {},
  { signal, onProgress }: PruneHooks = {},
): Promise<FactorizeResult> {
  const checked = checkFactorizeOptions(options);
  checkFactorable(source, calibration);
  const { model } = simplify(source);
  const samples = drawSamples(calibration, checked.maxSamples, checked.seed);
  const weights = new Float64Array(samples.count).fill(1);
  const batch = await batchLength(model, samples, BATCH, signal);
  const factoring: Factoring = {
    original: model,
    factored: model.clone(),
    samples: { source: samples, weights, batch, signal },
    options: checked,
  };
  const layers: FactoredLayer[] = [];
  const tooLarge: string[] = [];
  const order = factoring.factored.graph.topological();
  for (const [index, node] of order.entries()) {
    onProgress?.(index / order.length);
    const found = await factorNode(factoring, node);
    if (found === 'too-large') tooLarge.push(node.sources.join(' + '));
    else if (found !== undefined) layers.push(found);
  }
  const result = simplify(factoring.factored).model;
  const macs = { macsBefore: countMacs(model), macsAfter: countMacs(result) };
  return { model: result, notes: { layers, tooLarge, ...macs, calibrationSamples: samples.count } };
}

type CheckedFactorizeOptions = Required<FactorizeOptions>;

interface Factoring {
  readonly original: OnnxModel;
  /** Changed in place, product by product. */
  readonly factored: OnnxModel;
  readonly samples: WeightedSamples;
  readonly options: CheckedFactorizeOptions;
}

function checkFactorizeOptions(options: FactorizeOptions): CheckedFactorizeOptions {
  const { maxLostVariance = 0.002, minSaving = 0.2, minWeights = 65_536 } = options;
  if (!(maxLostVariance >= 0 && maxLostVariance < 1))
    throw new CompressError('option-invalid', 'maxLostVariance must be at least 0 and below 1');
  if (!Number.isInteger(minWeights) || minWeights < 1)
    throw new CompressError('option-invalid', 'minWeights must be a whole number of at least 1');
  if (!(minSaving >= 0 && minSaving < 1))
    throw new CompressError('option-invalid', 'minSaving must be at least 0 and below 1');
  const { keepLayers = [], maxSamples = 1024, seed = 1 } = options;
  return { maxLostVariance, minSaving, minWeights, keepLayers, maxSamples, seed };
}

function checkFactorable(source: OnnxModel, calibration: CalibrationSource): void {
  checkFloatModel(source);
  requireOpset(source, 11, 25, 'low-rank factorisation');
  if (calibration.count < 2)
    throw new CompressError(
      'dataset-empty',
      'low-rank factorisation needs at least two calibration samples besides those it is judged on',
    );
}

/** Puts two thin products in the place of a large one where that pays; `undefined` where the node stays as it is. */
async function factorNode(
  factoring: Factoring,
  node: GraphNode,
): Promise<FactoredLayer | 'too-large' | undefined> {
  const { factored, options } = factoring;
  if (node.sources.some((name) => options.keepLayers.includes(name))) return undefined;
  const layer = productAt(factored.graph, node, options.minWeights);
  const facts = layer === undefined ? undefined : layerFactsOf(factored)(layer);
  if (layer === undefined || facts === undefined) return undefined;
  const { features, outputs } = facts;
  if (Math.min(features, outputs) > MAX_SIDE || features + outputs > MAX_SIDES) return 'too-large';
  const split = await factoredFit(factoring, layer, facts);
  if (split === undefined) return undefined;
  const { rank, lost } = split;
  if (rank * (features + outputs) > (1 - options.minSaving) * features * outputs) return undefined;
  replace(factored.graph, node, split, features, outputs);
  return { layer: node.sources.join(' + '), features, outputs, rank, lostVariance: lost };
}

/** The two products with the least rank that lose no more of the original's outputs than is allowed. */
async function factoredFit(
  { original, factored, samples, options }: Factoring,
  layer: Pick<DenseLayer, 'node' | 'kind'>,
  { features, outputs }: LayerFacts,
): Promise<FactoredFit | undefined> {
  const request: MomentRequest = {
    layer,
    model: 'current',
    features,
    kernel: [],
    spatial: [],
    target: { model: 'original', tensor: layer.node.outputs[0] ?? '' },
    targetChannels: Array.from({ length: outputs }, (_, channel) => channel),
    targetWidth: outputs,
  };
  const [moments] = await gatherMoments(original, factored, [request], samples);
  if (moments === undefined) return undefined;
  const all = Array.from({ length: features }, (_, feature) => feature);
  return factorFit(fitTargets(moments, all), moments, options.maxLostVariance);
}

/** A node as a product with constant weights, if it is one and large enough. */
function productAt(
  graph: Graph,
  node: GraphNode,
  minWeights: number,
): Pick<DenseLayer, 'node' | 'kind'> | undefined {
  if (!node.is('Gemm', 'MatMul')) return undefined;
  const weight = graph.constantOf(node.inputs[1] ?? '');
  const rank = graph.valueOf(node.inputs[0] ?? '')?.dims?.length;
  if (weight?.dataType !== 'float32' || weight.dims.length !== 2 || weight.size < minWeights)
    return undefined;
  if (rank === undefined || rank < 2) return undefined;
  const plain = node.int('transA', 0) === 0 && node.float('alpha', 1) === 1 && node.float('beta', 1) === 1;
  const bias = node.inputs[2] ?? '';
  if (!plain || (bias !== '' && graph.constantOf(bias)?.dims.length !== 1)) return undefined;
  return { node, kind: node.is('Gemm') ? 'gemm' : 'matmul' };
}

function replace(graph: Graph, node: GraphNode, split: FactoredFit, features: number, outputs: number): void {
  const [input = '', weight = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const { name } = node;
  const put = (suffix: string, dims: readonly number[], values: Float32Array): string =>
    graph.addInitializer(Tensor.ofFloats(graph.freshName(`${weight}_${suffix}`), dims, values)).name;
  const first = put('first', [features, split.rank], split.first);
  const second = put('second', [split.rank, outputs], split.second);
  const bias = put('bias', [outputs], split.bias);
  const middle = graph.freshName(`${output}_middle`);
  graph.removeNode(node);
  const add = (opType: string, inputs: readonly string[], result: string, named = ''): void => {
    const own = named === '' ? {} : { name: named };
    graph.addNode({ opType, ...own, inputs, outputs: [result], from: [node] });
  };
  add('MatMul', [input, first], middle, `${name}_first`);
  if (node.is('Gemm')) {
    add('Gemm', [middle, second, bias], output, name);
    return;
  }
  const product = graph.freshName(`${output}_product`);
  add('MatMul', [middle, second], product, name);
  add('Add', [product, bias], output);
}
