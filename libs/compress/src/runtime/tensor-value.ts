/** Element types that cross the pipe to the child, with the arrays that hold them. */
export const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

export type TensorType = keyof typeof ARRAYS;

/** A tensor to be fed; `data` is of the array type that belongs to `type` (see {@link ARRAYS}), row-major. */
export interface TensorFeed {
  /** `float32` if left out. */
  readonly type?: TensorType;
  readonly dims: readonly number[];
  readonly data:
    Float32Array | Float64Array | Uint16Array | BigInt64Array | Int32Array | Int8Array | Uint8Array;
}

/** A tensor as read from a run. Integers and 16-bit floats are converted: every value here is a plain number. */
export interface TensorValue {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** What a model gave for one sample, by the outputs' names. */
export type Outputs = Readonly<Record<string, TensorValue>>;

export const sizeOf = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);
