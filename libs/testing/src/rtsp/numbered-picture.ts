/** 12 bits, one of parity, and one white and one black block before them as a measure. */
const BITS = 12;
const BLOCKS = BITS + 3;
/** The share of the height that they take, at the top. */
const SHARE = 1 / 8;

/** Numbers that a picture can carry. */
export const NUMBERED_PICTURES = 2 ** BITS;

/**
 * A grey picture with its number in it as a row of black and white blocks, which can be read after it was encoded, decoded
 * and scaled; below is something that moves and is different each time.
 */
export function numberedPicture(width: number, height: number, number: number): Uint8Array {
  const pixels = new Uint8Array(width * height);
  const rows = Math.floor(height * SHARE);
  const blocks = blocksOf(number);
  for (let x = 0; x < width; x += 1) {
    const value = blocks[Math.floor((x * BLOCKS) / width)] ? 235 : 16;
    for (let y = 0; y < rows; y += 1) pixels[y * width + x] = value;
  }
  for (let y = rows; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) pixels[y * width + x] = 40 + ((x + y + number * 5) % 160);
  }
  return pixels;
}

export interface ReadPicture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** Undefined where no number is to be read. */
export function readNumber({ data, width, height, channels }: ReadPicture): number | undefined {
  const y = Math.floor((height * SHARE) / 2);
  const levels = Array.from({ length: BLOCKS }, (_, i) => {
    const x = Math.floor(((i + 0.5) * width) / BLOCKS);
    return data[(y * width + x) * channels] ?? 0;
  });
  const [white = 0, black = 0, ...rest] = levels;
  if (white - black < 60) return undefined;
  const bits = rest.map((level) => level > (white + black) / 2);
  const number = bits.slice(0, BITS).reduce((sum, bit) => sum * 2 + Number(bit), 0);
  return bits[BITS] === isOdd(number) ? number : undefined;
}

const blocksOf = (number: number): boolean[] => [
  ...[true, false],
  ...Array.from({ length: BITS }, (_, i) => ((number >> (BITS - 1 - i)) & 1) === 1),
  isOdd(number),
];

const isOdd = (number: number): boolean => number.toString(2).replaceAll('0', '').length % 2 === 1;
