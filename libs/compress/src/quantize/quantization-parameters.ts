/** Least and largest real value that integers must be able to stand for. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export type ActivationType = 'uint8' | 'int8';

/** `real = (integer − zeroPoint) · scale`, as ONNX's QuantizeLinear defines it; `scale` is a float32 value. */
export interface QuantizationParameters {
  readonly type: ActivationType;
  readonly scale: number;
  readonly zeroPoint: number;
}

export const INTEGERS = { uint8: { min: 0, max: 255 }, int8: { min: -128, max: 127 } } as const;

/** A scale below the smallest normal float32 would be flushed to zero and divide by it. */
const LEAST_SCALE = 2 ** -120;

/**
 * The finest grid that covers the range and holds zero exactly, which padding needs.
 * @param symmetric zero in the middle of the integers: always for int8, whose middle is zero itself; for uint8 only where the
 * range goes below zero
 */
export function parametersFor(
  range: Range,
  type: ActivationType,
  symmetric: boolean,
): QuantizationParameters {
  const { min: low, max: high } = INTEGERS[type];
  const [min, max] = [Math.min(range.min, 0), Math.max(range.max, 0)];
  if (symmetric && (type === 'int8' || min < 0)) {
    const scale = Math.fround(Math.max(-min, max) / 127);
    return { type, scale: Math.max(scale, LEAST_SCALE), zeroPoint: type === 'int8' ? 0 : 128 };
  }
  const scale = Math.max(Math.fround((max - min) / (high - low)), LEAST_SCALE);
  const zeroPoint = Math.min(high, Math.max(low, Math.round(low - min / scale)));
  return { type, scale, zeroPoint };
}

/** The real values at both ends of the integers. */
export function representableRange({ type, scale, zeroPoint }: QuantizationParameters): Range {
  const { min, max } = INTEGERS[type];
  return { min: (min - zeroPoint) * scale, max: (max - zeroPoint) * scale };
}
