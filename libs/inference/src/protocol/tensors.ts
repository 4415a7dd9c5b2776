import type { NamedTensor, Tensors } from '@hamon/tasks';

/**
 * Outputs on their way from worker to host: for each its type and rank, its dimensions, padding to 8 bytes, its values, padding
 * to 8 bytes; little endian, in the order of the outputs that were asked for. Whatever reads them makes views and copies nothing.
 */
type Data = NamedTensor['data'];

const TYPES = [Float32Array, Int32Array, Uint8Array] as const;
const ALIGNMENT = 8;

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
const headBytes = (rank: number): number => aligned(8 + 4 * rank);

/** Bytes of one output. */
export const tensorBytes = ({ dims, data }: NamedTensor): number =>
  headBytes(dims.length) + aligned(data.byteLength);

/** One output's head, values and padding, the values being those of the tensor itself. */
export function tensorParts({ dims, data }: NamedTensor): readonly [Uint8Array, Uint8Array, Uint8Array] {
  const head = Buffer.alloc(headBytes(dims.length));
  head.writeUInt32LE(
    TYPES.findIndex((type) => data instanceof type),
    0,
  );
  head.writeUInt32LE(dims.length, 4);
  for (const [i, dim] of dims.entries()) head.writeUInt32LE(dim, 8 + 4 * i);
  const values = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [head, values, new Uint8Array(aligned(data.byteLength) - data.byteLength)];
}

/** @throws RangeError where the body breaks off or names what does not exist */
export function readTensors(body: Uint8Array, start: number, names: readonly string[]): Tensors {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const tensors = new Map<string, NamedTensor>();
  let at = start;
  for (const name of names) {
    const Type = TYPES[view.getUint32(at, true)];
    const rank = view.getUint32(at + 4, true);
    if (!Type || rank > 16) throw new RangeError('no tensor');
    const dims = Array.from({ length: rank }, (_, i) => view.getUint32(at + 8 + 4 * i, true));
    at += headBytes(rank);
    const length = dims.reduce((product, dim) => product * dim, 1);
    const data: Data = new Type(body.buffer as ArrayBuffer, body.byteOffset + at, length);
    tensors.set(name, { dims, data });
    at += aligned(data.byteLength);
  }
  return tensors;
}
