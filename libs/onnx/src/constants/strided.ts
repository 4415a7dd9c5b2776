import { representationOf, type TensorData } from '../element-type.js';
import { Tensor } from '../tensor.js';

/** Distance in elements between neighbours along each axis of a row-major tensor. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const dim of [...dims].reverse()) {
    strides.unshift(stride);
    stride *= dim;
  }
  return strides;
}

/** For every element of a row-major result, where in the source it is: `offset` plus coordinates times `strides`. */
export function stridedIndices(dims: readonly number[], strides: readonly number[], offset = 0): Int32Array {
  const size = dims.reduce((product, dim) => product * dim, 1);
  const indices = new Int32Array(size);
  const coordinates = dims.map(() => 0);
  let source = offset;
  for (let at = 0; at < size; at += 1) {
    indices[at] = source;
    for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
      const next = (coordinates[axis] ?? 0) + 1;
      source += strides[axis] ?? 0;
      if (next < (dims[axis] ?? 1)) {
        coordinates[axis] = next;
        break;
      }
      source -= next * (strides[axis] ?? 0);
      coordinates[axis] = 0;
    }
  }
  return indices;
}

/** Strides that read a tensor as if stretched to `result`, shapes aligned at the end. */
export function broadcastStrides(dims: readonly number[], result: readonly number[]): number[] {
  const own = stridesOf(dims);
  return result.map((_, axis) => {
    const at = axis - result.length + dims.length;
    return at < 0 || dims[at] === 1 ? 0 : (own[at] ?? 0);
  });
}

/** Types whose elements each have a place of their own in the data array. */
export function isAddressable(tensor: Tensor): boolean {
  const { bits, array } = representationOf(tensor.dataType);
  return bits === array.BYTES_PER_ELEMENT * 8;
}

/** The elements of an addressable tensor at `indices`, in the shape `dims`. */
export function pickElements(tensor: Tensor, dims: readonly number[], indices: Int32Array): Tensor {
  const { array } = representationOf(tensor.dataType);
  // Source and result are of the same class, so that numbers meet numbers and bigints bigints.
  const from = tensor.data as Float32Array;
  const to = new array(indices.length) as TensorData as Float32Array;
  for (let at = 0; at < indices.length; at += 1) to[at] = from[indices[at] ?? 0] as number;
  return Tensor.of('', tensor.dataType, dims, to);
}

/** The tensor with its axes in another order: axis `i` of the result is axis `perm[i]` of the source. */
export function transposeTensor(tensor: Tensor, perm: readonly number[]): Tensor {
  const strides = stridesOf(tensor.dims);
  const dims = perm.map((axis) => tensor.dims[axis] ?? 1);
  return pickElements(
    tensor,
    dims,
    stridedIndices(
      dims,
      perm.map((axis) => strides[axis] ?? 0),
    ),
  ).withName(tensor.name);
}
