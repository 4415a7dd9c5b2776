/** One output of a model for a batch of one, row-major. */
export interface NamedTensor {
  readonly dims: readonly number[];
  /** 16-bit floats come as float32, 64-bit and other integers as int32, truth values as uint8. */
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** The outputs that a task reads, by name. Whoever decodes may write into their values. */
export type Tensors = ReadonlyMap<string, NamedTensor>;

/** What onnxruntime says of an output before anything ran. A text is a dynamic dimension's name. */
export interface TensorFacts {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** `[1, 84, 8400]`, as sentences show it; an open dimension may have no name. */
export const shapeText = (shape: readonly (number | string)[]): string =>
  `[${shape.map((dim) => (dim === '' ? '?' : dim)).join(', ')}]`;

/** May a stated shape turn out to be this one? A dynamic dimension may be anything. */
export const mayBe = (shape: readonly (number | string)[], wanted: readonly (number | 'any')[]): boolean =>
  shape.length === wanted.length &&
  shape.every((dim, i) => typeof dim === 'string' || wanted[i] === 'any' || dim === wanted[i]);
