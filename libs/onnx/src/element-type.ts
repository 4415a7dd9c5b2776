import { OnnxError } from './errors.js';

/** The typed arrays that hold tensor elements. Types without an array of their own keep their bits (see {@link ElementType}). */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

interface Representation {
  readonly code: number;
  /** Bits of one element in `raw_data`. */
  readonly bits: number;
  readonly array: ArrayConstructor;
}

interface ArrayConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TensorData;
  new (length: number): TensorData;
}

// Codes of TensorProto.DataType. float16 and bfloat16 are held as their 16 bits, the 8-bit floats as bytes, the 4- and
// 2-bit types packed as in the file, first element in the low bits; complex numbers as pairs of floats.
const TABLE = {
  float32: { code: 1, bits: 32, array: Float32Array },
  uint8: { code: 2, bits: 8, array: Uint8Array },
  int8: { code: 3, bits: 8, array: Int8Array },
  uint16: { code: 4, bits: 16, array: Uint16Array },
  int16: { code: 5, bits: 16, array: Int16Array },
  int32: { code: 6, bits: 32, array: Int32Array },
  int64: { code: 7, bits: 64, array: BigInt64Array },
  string: { code: 8, bits: 0, array: Uint8Array },
  bool: { code: 9, bits: 8, array: Uint8Array },
  float16: { code: 10, bits: 16, array: Uint16Array },
  float64: { code: 11, bits: 64, array: Float64Array },
  uint32: { code: 12, bits: 32, array: Uint32Array },
  uint64: { code: 13, bits: 64, array: BigUint64Array },
  complex64: { code: 14, bits: 64, array: Float32Array },
  complex128: { code: 15, bits: 128, array: Float64Array },
  bfloat16: { code: 16, bits: 16, array: Uint16Array },
  float8e4m3fn: { code: 17, bits: 8, array: Uint8Array },
  float8e4m3fnuz: { code: 18, bits: 8, array: Uint8Array },
  float8e5m2: { code: 19, bits: 8, array: Uint8Array },
  float8e5m2fnuz: { code: 20, bits: 8, array: Uint8Array },
  uint4: { code: 21, bits: 4, array: Uint8Array },
  int4: { code: 22, bits: 4, array: Uint8Array },
  float4e2m1: { code: 23, bits: 4, array: Uint8Array },
  float8e8m0: { code: 24, bits: 8, array: Uint8Array },
  uint2: { code: 25, bits: 2, array: Uint8Array },
  int2: { code: 26, bits: 2, array: Uint8Array },
} as const satisfies Record<string, Representation>;

/** Element types of ONNX by their usual names. */
export type ElementType = keyof typeof TABLE;

const BY_CODE = new Map<number, ElementType>(
  Object.entries(TABLE).map(([name, { code }]) => [code, name as ElementType]),
);

/** @throws OnnxError `unsupported-type` naming `where` */
export function elementTypeOf(code: number, where: string): ElementType {
  const found = BY_CODE.get(code);
  if (found === undefined)
    throw new OnnxError('unsupported-type', `${where} has the unknown element type ${code}`);
  return found;
}

/** The number that stands for the type in a file (`TensorProto.DataType`). */
export function elementTypeCode(type: ElementType): number {
  return TABLE[type].code;
}

export function representationOf(type: ElementType): Representation {
  return TABLE[type];
}

/** Bytes that `size` elements take in `raw_data`; sub-byte types are packed. */
export function lengthBytesOf(type: ElementType, size: number): number {
  return Math.ceil((size * TABLE[type].bits) / 8);
}

/** Types whose values are real numbers with a fraction. */
export function isFloatType(type: ElementType): boolean {
  return type === 'float32' || type === 'float16' || type === 'float64' || type === 'bfloat16';
}
