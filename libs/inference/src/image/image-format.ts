export type ImageFormat = 'png' | 'jpeg';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];

const beginsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, i) => bytes[i] === byte);

/** By its first bytes, whatever a name or media type claims. Only these two ever reach a decoder. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  if (beginsWith(bytes, PNG)) return 'png';
  return beginsWith(bytes, JPEG) ? 'jpeg' : undefined;
}
