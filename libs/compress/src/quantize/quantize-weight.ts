/** A weight as integers: `real = integer · scale of its channel`. */
export interface QuantizedWeight {
  readonly values: Int8Array;
  /** One per channel along the axis, or a single one; float32 values. */
  readonly scales: Float32Array;
}

export interface WeightQuantization {
  /** Axis of the channels, `undefined` for one scale for all. */
  readonly axis: number | undefined;
  /** Largest magnitude of an integer: 127, or 63 for CPUs whose 8-bit products saturate. */
  readonly limit: number;
  /** Least scale of each channel, where something else than the weights asks for one. */
  readonly leastScales?: ArrayLike<number>;
}

/** A channel of zeros needs some scale that does not divide by zero; one of next to nothing may become zeros. */
const LEAST_SCALE = 2 ** -100;

/** Symmetric, rounded to nearest: zero stays zero, no zero point is needed. */
export function quantizeWeight(
  weights: Float32Array | Float64Array,
  dims: readonly number[],
  { axis, limit, leastScales }: WeightQuantization,
): QuantizedWeight {
  const channels = axis === undefined ? 1 : (dims[axis] ?? 1);
  const stride = axis === undefined ? weights.length : dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  const channelOf = (index: number): number => Math.floor(index / stride) % channels;
  const scales = new Float32Array(channels);
  for (let i = 0; i < weights.length; i += 1) {
    const channel = channelOf(i);
    scales[channel] = Math.max(scales[channel] as number, Math.abs(weights[i] as number));
  }
  for (let c = 0; c < channels; c += 1) {
    scales[c] = Math.max((scales[c] as number) / limit, leastScales?.[c] ?? 0, LEAST_SCALE);
  }
  const values = new Int8Array(weights.length);
  for (let i = 0; i < weights.length; i += 1) {
    const quotient = Math.round((weights[i] as number) / (scales[channelOf(i)] as number));
    values[i] = Math.max(-limit, Math.min(limit, quotient));
  }
  return { values, scales };
}

/** What the integers stand for, in the weight's own order. */
export function dequantizeWeight(
  { values, scales }: QuantizedWeight,
  dims: readonly number[],
  axis: number | undefined,
): Float32Array {
  const stride = axis === undefined ? values.length : dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  return Float32Array.from(
    values,
    (value, index) => value * (scales[Math.floor(index / stride) % scales.length] as number),
  );
}
