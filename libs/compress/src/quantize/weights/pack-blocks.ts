/** Rows of a matrix in blocks that have a scale each, as the operator MatMulNBits stores them. */
export interface PackedBlocks {
  /** `[rows, blocks, blockSize · bits / 8]`; a value is the stored unsigned integer minus 2^(bits − 1), times its scale. */
  readonly data: Uint8Array;
  /** `[rows, blocks]` */
  readonly scales: Float32Array;
  readonly blocksPerRow: number;
}

/** Shares of the largest magnitude that are tried for 4 bits, where a little clipping pays. */
const SHARES = [1, 0.95, 0.9, 0.85, 0.8, 0.75];

/** Weights below it become zeros: their scale would not be a normal float32. */
const NOTHING = 2 ** -100;

/** Each block gets the scale with the least squared error; rows are padded with zeros to whole blocks. */
export function packBlocks(
  values: Float32Array,
  rows: number,
  columns: number,
  bits: 4 | 8,
  blockSize: number,
): PackedBlocks {
  const blocksPerRow = Math.ceil(columns / blockSize);
  const scales = new Float32Array(rows * blocksPerRow);
  const bytesPerBlock = (blockSize * bits) / 8;
  const data = new Uint8Array(rows * blocksPerRow * bytesPerBlock);
  const middle = 2 ** (bits - 1);
  const integers = new Uint8Array(blockSize);
  for (let block = 0; block < scales.length; block += 1) {
    const row = Math.floor(block / blocksPerRow);
    const from = (block % blocksPerRow) * blockSize;
    const members = values.subarray(
      row * columns + from,
      row * columns + Math.min(columns, from + blockSize),
    );
    const scale = Math.fround(bestScale(members, bits));
    scales[block] = scale;
    integers.fill(middle);
    members.forEach((value, at) => (integers[at] = nearest(value, scale, middle) + middle));
    const start = block * bytesPerBlock;
    if (bits === 8) data.set(integers, start);
    else
      for (let byte = 0; byte < bytesPerBlock; byte += 1)
        data[start + byte] = (integers[2 * byte] as number) | ((integers[2 * byte + 1] as number) << 4);
  }
  return { data, scales, blocksPerRow };
}

const nearest = (value: number, scale: number, middle: number): number =>
  Math.max(-middle, Math.min(middle - 1, Math.round(value / scale)));

/** There is one more step on the negative side, so the sign of the scale matters for few bits. */
function bestScale(members: Float32Array, bits: 4 | 8): number {
  let peak = 0;
  for (const value of members) if (Math.abs(value) > Math.abs(peak)) peak = value;
  if (Math.abs(peak) < NOTHING) return 1;
  const middle = 2 ** (bits - 1);
  if (bits === 8) return Math.abs(peak) / (middle - 1);
  let best = { error: Infinity, scale: 1 };
  for (const share of SHARES)
    for (const scale of [(peak * share) / -middle, (peak * share) / (middle - 1)]) {
      let error = 0;
      for (const value of members) error += (value - nearest(value, scale, middle) * scale) ** 2;
      if (error < best.error) best = { error, scale };
    }
  return best.scale;
}
