import { cholesky, factorRidged, invertFactored, solveFactored } from '../linear-algebra/cholesky.js';
import { gramOf, targetVariance, type Fit, type Moments } from './moments.js';

/** A layer that reads the channels: moments of its inputs, its weights, and which channel each input feature belongs to. */
export interface ChannelReader {
  readonly moments: Moments;
  readonly fit: Fit;
  /** By feature: index of the channel, or −1 for a feature of another space. */
  readonly channelOf: readonly number[];
}

/** In which order channels go, the dearest last. */
export interface Elimination {
  /** Channels in order of removal. */
  readonly order: readonly number[];
  /**
   * Error of the readers' outputs after the removal at the same index and the best refit of what is left, as a share of
   * those outputs' variance, summed over the readers.
   */
  readonly errors: readonly number[];
}

interface State {
  readonly n: number;
  readonly outputs: number;
  readonly inverse: Float64Array;
  readonly weights: Float64Array;
  readonly variance: number;
  readonly featuresOf: readonly (readonly number[])[];
}

const RIDGE = 1e-6;

/**
 * Removes channels one by one, each time the one whose absence the refitted readers feel least. Exact backward elimination:
 * the inverse of the moments prices every removal with the refit in it and is itself updated after each
 * (optimal brain surgeon, Hassibi and Stork 1993, for blocks of features).
 */
export function eliminateChannels(
  channels: number,
  readers: readonly ChannelReader[],
  keep: number,
): Elimination {
  const states = readers.map((reader) => prepare(channels, reader));
  const left = new Set(Array.from({ length: channels }, (_, channel) => channel));
  const order: number[] = [];
  const errors: number[] = [];
  let total = 0;
  while (left.size > keep) {
    let [cheapest, least] = [-1, Infinity];
    for (const channel of left) {
      let price = 0;
      for (const state of states) price += priceOf(state, channel) / state.variance;
      if (price < least || cheapest < 0) [cheapest, least] = [channel, price];
    }
    for (const state of states) remove(state, cheapest);
    left.delete(cheapest);
    total += Math.max(0, least);
    order.push(cheapest);
    errors.push(total);
  }
  return { order, errors };
}

function prepare(channels: number, { moments, fit, channelOf }: ChannelReader): State {
  const n = fit.features + 1;
  const gram = gramOf(
    moments,
    channelOf.map((_, feature) => feature),
  );
  let energy = 0;
  for (let i = 0; i < n; i += 1) energy += gram[i * n + i] as number;
  const { factor } = factorRidged(gram, n, () => (RIDGE * energy) / n);
  const featuresOf: number[][] = Array.from({ length: channels }, () => []);
  channelOf.forEach((channel, feature) => featuresOf[channel]?.push(feature));
  return {
    n,
    outputs: fit.outputs,
    inverse: invertFactored(factor, n),
    weights: Float64Array.from(fit.values),
    variance: targetVariance(moments),
    featuresOf,
  };
}

/** `trace(Wᵀ·(H⁻¹ of the block)⁻¹·W)` over the block of the channel's features. */
function priceOf(state: State, channel: number): number {
  const { n, outputs, inverse, weights } = state;
  const features = state.featuresOf[channel] ?? [];
  const [only] = features;
  if (only === undefined) return 0;
  if (features.length > 1) {
    const { solved, block } = solveBlock(state, features);
    let sum = 0;
    for (let i = 0; i < solved.length; i += 1) sum += (solved[i] as number) * (block[i] as number);
    return sum;
  }
  let squares = 0;
  for (let o = 0; o < outputs; o += 1) squares += (weights[only * outputs + o] as number) ** 2;
  return squares / (inverse[only * n + only] as number);
}

function solveBlock({ n, outputs, inverse, weights }: State, features: readonly number[]) {
  const size = features.length;
  const factor = cholesky(pick(inverse, n, features), size);
  const block = new Float64Array(size * outputs);
  features.forEach((feature, i) => {
    block.set(weights.subarray(feature * outputs, (feature + 1) * outputs), i * outputs);
  });
  // An inverse whose block lost its definiteness to rounding says that the features carry nothing of their own.
  const solved =
    factor === undefined ? new Float64Array(block.length) : solveFactored(factor, size, block, outputs);
  return { solved, block, factor };
}

function remove(state: State, channel: number): void {
  const { n, outputs, inverse, weights } = state;
  const features = state.featuresOf[channel] ?? [];
  if (features.length === 0) return;
  const { solved, factor } = solveBlock(state, features);
  const size = features.length;
  const rows = new Float64Array(size * n);
  features.forEach((feature, i) => rows.set(inverse.subarray(feature * n, (feature + 1) * n), i * n));
  const solvedRows =
    factor === undefined ? new Float64Array(rows.length) : solveFactored(factor, size, rows, n);
  for (let i = 0; i < n; i += 1)
    for (let f = 0; f < size; f += 1) {
      const link = rows[f * n + i] as number;
      if (link === 0) continue;
      for (let o = 0; o < outputs; o += 1)
        weights[i * outputs + o] =
          (weights[i * outputs + o] as number) - link * (solved[f * outputs + o] as number);
      for (let j = 0; j < n; j += 1)
        inverse[i * n + j] = (inverse[i * n + j] as number) - link * (solvedRows[f * n + j] as number);
    }
  // Rows and columns of what is gone hold rounding errors now; left alone they would leak back.
  for (const feature of features) {
    weights.fill(0, feature * outputs, (feature + 1) * outputs);
    inverse.fill(0, feature * n, (feature + 1) * n);
    for (let i = 0; i < n; i += 1) inverse[i * n + feature] = 0;
  }
}

function pick(matrix: Float64Array, n: number, at: readonly number[]): Float64Array {
  const picked = new Float64Array(at.length * at.length);
  at.forEach((row, i) => {
    at.forEach((column, j) => {
      picked[i * at.length + j] = matrix[row * n + column] as number;
    });
  });
  return picked;
}
