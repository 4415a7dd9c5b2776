const scratch = new Float32Array(1);
const bits = new Uint32Array(scratch.buffer);

/** The value of an IEEE 754 binary16 number given by its bits. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The bits of the binary16 number nearest to `value` (ties to even; beyond 65,504 infinite). */
export function floatToHalf(value: number): number {
  scratch[0] = value;
  const word = bits[0] ?? 0;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Below the smallest normal number the spacing is 2^-24: round to a whole multiple of it, ties to even.
    const scaled = Math.abs(scratch[0] ?? 0) * 2 ** 24;
    const floor = Math.floor(scaled);
    const rest = scaled - floor;
    return sign | (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** The value of a bfloat16 number given by its bits: the upper half of a binary32. */
export function bfloatToFloat(bfloat: number): number {
  bits[0] = bfloat << 16;
  return scratch[0] ?? 0;
}

/** The bits of the bfloat16 number nearest to `value` (ties to even). */
export function floatToBfloat(value: number): number {
  scratch[0] = value;
  const word = bits[0] ?? 0;
  if ((word & 0x7fffffff) > 0x7f800000) return ((word >>> 16) | 0x40) & 0xffff;
  return ((word + 0x7fff + ((word >>> 16) & 1)) >>> 16) & 0xffff;
}
