/** Where the values of an input tensor lie: 16-bit floats as their bits. */
export type InputValues = Float32Array | Uint16Array | Uint8Array;

interface WithHalves {
  readonly Float16Array?: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => unknown;
}

/**
 * The array that onnxruntime takes for these values: where this Node.js knows 16-bit floats it insists on their own array, which
 * then shares the memory.
 */
export function forRuntime(values: InputValues): InputValues {
  const { Float16Array: Halves } = globalThis as WithHalves;
  if (!(values instanceof Uint16Array) || !Halves) return values;
  return new Halves(values.buffer, values.byteOffset, values.length) as InputValues;
}

/** The bits of 16-bit floats, whichever array onnxruntime gave them in. */
export const bitsOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint16Array =>
  new Uint16Array(buffer, byteOffset, byteLength / 2);

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The nearest 16-bit float (IEEE 754-2008 binary16, ties to even), as bits. */
export function halfBits(value: number): number {
  float[0] = value;
  const all = bits[0] as number;
  const sign = (all >>> 16) & 0x8000;
  const exponent = (all >>> 23) & 0xff;
  const mantissa = all & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa ? 0x200 : 0);
  const shifted = exponent - 112;
  if (shifted >= 31) return sign | 0x7c00;
  // Below 2^-14 the leading one is written out, and the exponent is 0.
  const whole =
    shifted > 0 ? (shifted << 23) | mantissa : shifted < -10 ? 0 : (mantissa | 0x800000) >>> (1 - shifted);
  const lost = shifted > 0 ? 0 : shifted < -10 ? 1 : (mantissa | 0x800000) & ((1 << (1 - shifted)) - 1);
  const rest = whole & 0x1fff;
  const half = whole >>> 13;
  const isUp = rest > 0x1000 || (rest === 0x1000 && (lost > 0 || (half & 1) === 1));
  return sign | (isUp ? half + 1 : half);
}

const POWERS = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (exponent - 25));

/** The value of a 16-bit float given by its bits. */
export function halfValue(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 31) return mantissa ? NaN : sign * Infinity;
  return exponent === 0
    ? sign * mantissa * 2 ** -24
    : sign * (mantissa | 0x400) * (POWERS[exponent] as number);
}
