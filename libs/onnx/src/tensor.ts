import {
  isFloatType,
  lengthBytesOf,
  representationOf,
  type ElementType,
  type TensorData,
} from './element-type.js';
import { OnnxError } from './errors.js';
import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from './half.js';

/**
 * A constant of a graph. Immutable: its data may be a view into the bytes of the file it was read from, and several
 * models may share it. To change values, make a new tensor and {@link Graph.setInitializer} it.
 */
export class Tensor {
  private view: TensorData | undefined;

  private constructor(
    readonly name: string,
    readonly dataType: ElementType,
    /** Row-major; empty for a scalar. */
    readonly dims: readonly number[],
    /** Little-endian elements as in `raw_data`. */
    readonly bytes: Uint8Array,
    /** Elements of a `string` tensor, which has no bytes. */
    readonly strings: readonly Uint8Array[] | undefined,
  ) {}

  /**
   * From little-endian bytes, which are kept, not copied.
   * @throws OnnxError `invalid-tensor` where the shape does not fit the bytes
   */
  static fromBytes(name: string, dataType: ElementType, dims: readonly number[], bytes: Uint8Array): Tensor {
    const size = sizeOf(name, dims);
    if (dataType === 'string')
      throw new OnnxError('invalid-tensor', `tensor "${name}": strings have no raw bytes`);
    const expected = lengthBytesOf(dataType, size);
    if (bytes.byteLength !== expected)
      throw new OnnxError(
        'invalid-tensor',
        `tensor "${name}" ${dataType}[${dims.join(',')}] needs ${expected} bytes, has ${bytes.byteLength}`,
      );
    return new Tensor(name, dataType, dims, bytes, undefined);
  }

  /** From a typed array of the element type's own representation; it is kept, not copied. */
  static of(name: string, dataType: ElementType, dims: readonly number[], data: TensorData): Tensor {
    if (data.BYTES_PER_ELEMENT !== representationOf(dataType).array.BYTES_PER_ELEMENT)
      throw new OnnxError(
        'invalid-tensor',
        `tensor "${name}" ${dataType} cannot be made from ${data.constructor.name}`,
      );
    return Tensor.fromBytes(
      name,
      dataType,
      dims,
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    );
  }

  static ofStrings(name: string, dims: readonly number[], strings: readonly Uint8Array[]): Tensor {
    const size = sizeOf(name, dims);
    if (strings.length !== size)
      throw new OnnxError('invalid-tensor', `tensor "${name}" needs ${size} strings, has ${strings.length}`);
    return new Tensor(name, 'string', dims, new Uint8Array(0), strings);
  }

  /** A float tensor of `dataType` with the given values, rounded to nearest. */
  static ofFloats(
    name: string,
    dims: readonly number[],
    values: ArrayLike<number>,
    dataType: ElementType = 'float32',
  ): Tensor {
    switch (dataType) {
      case 'float32':
        return Tensor.of(
          name,
          dataType,
          dims,
          values instanceof Float32Array ? values : Float32Array.from(values),
        );
      case 'float64':
        return Tensor.of(name, dataType, dims, Float64Array.from(values));
      case 'float16':
        return Tensor.of(name, dataType, dims, Uint16Array.from(values, floatToHalf));
      case 'bfloat16':
        return Tensor.of(name, dataType, dims, Uint16Array.from(values, floatToBfloat));
      default:
        throw new OnnxError('unsupported-type', `tensor "${name}": ${dataType} is not a float type`);
    }
  }

  /** An int64 tensor, as shapes, axes and indices are. */
  static ofInts(name: string, dims: readonly number[], values: readonly number[]): Tensor {
    return Tensor.of(name, 'int64', dims, BigInt64Array.from(values, BigInt));
  }

  /** Number of elements. */
  get size(): number {
    return this.dims.reduce((product, dim) => product * dim, 1);
  }

  get lengthBytes(): number {
    return this.strings?.reduce((sum, one) => sum + one.byteLength, 0) ?? this.bytes.byteLength;
  }

  /** The elements: a view where the bytes are aligned for the type, else a copy made once. Not to be written to. */
  get data(): TensorData {
    if (this.view === undefined) {
      const { array } = representationOf(this.dataType);
      const width = array.BYTES_PER_ELEMENT;
      const aligned = this.bytes.byteOffset % width === 0 ? this.bytes : this.bytes.slice();
      this.view = new array(aligned.buffer, aligned.byteOffset, aligned.byteLength / width);
    }
    return this.view;
  }

  /**
   * The values of a float tensor as numbers: float32 and float64 as views, the 16-bit types converted.
   * @throws OnnxError `unsupported-type` for other types
   */
  floats(): Float32Array | Float64Array {
    const { data } = this;
    if (this.dataType === 'float32' || this.dataType === 'float64')
      return data as Float32Array | Float64Array;
    if (!isFloatType(this.dataType))
      throw new OnnxError('unsupported-type', `tensor "${this.name}" is ${this.dataType}, not a float type`);
    return Float32Array.from(data as Uint16Array, this.dataType === 'float16' ? halfToFloat : bfloatToFloat);
  }

  /**
   * The values of an integer or bool tensor as numbers, clamped to the safe range (ONNX writes "to the end" as 2^63 − 1).
   * @throws OnnxError `unsupported-type` for other types
   */
  ints(): number[] {
    if (this.dataType === 'int64' || this.dataType === 'uint64')
      return Array.from(this.data as BigInt64Array | BigUint64Array, clampToSafe);
    const whole = ['uint8', 'int8', 'uint16', 'int16', 'int32', 'uint32', 'bool'];
    if (!whole.includes(this.dataType))
      throw new OnnxError(
        'unsupported-type',
        `tensor "${this.name}" is ${this.dataType}, not an integer type`,
      );
    return Array.from(this.data as Int32Array);
  }

  withName(name: string): Tensor {
    return new Tensor(name, this.dataType, this.dims, this.bytes, this.strings);
  }

  /** The same elements in another shape of equal size. */
  withDims(dims: readonly number[]): Tensor {
    if (sizeOf(this.name, dims) !== this.size)
      throw new OnnxError(
        'invalid-tensor',
        `tensor "${this.name}" [${this.dims.join(',')}] cannot become [${dims.join(',')}]`,
      );
    return new Tensor(this.name, this.dataType, dims, this.bytes, this.strings);
  }
}

/** An int64 as a number, values beyond ±(2^53 − 1) moved to that bound. */
export function clampToSafe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) return Number.MAX_SAFE_INTEGER;
  if (value < BigInt(Number.MIN_SAFE_INTEGER)) return Number.MIN_SAFE_INTEGER;
  return Number(value);
}

function sizeOf(name: string, dims: readonly number[]): number {
  let size = 1;
  for (const dim of dims) {
    if (!Number.isSafeInteger(dim) || dim < 0)
      throw new OnnxError('invalid-tensor', `tensor "${name}" has the dimension ${dim}`);
    size *= dim;
  }
  if (!Number.isSafeInteger(size))
    throw new OnnxError('invalid-tensor', `tensor "${name}" [${dims.join(',')}] has too many elements`);
  return size;
}
