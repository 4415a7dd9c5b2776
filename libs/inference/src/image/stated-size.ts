import { InferenceError } from '../inference-error.js';
import { imageFormat } from './image-format.js';

interface StatedSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The size that the header of a PNG or JPEG states, before anything is unpacked and without the decoder's library; undefined
 * where there is no such header. EXIF orientation, which no limit asks for, is not applied.
 */
export function statedSize(bytes: Uint8Array): StatedSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return imageFormat(bytes) === 'png' ? pngSize(view) : jpegSize(view);
}

/** IHDR comes first (PNG specification, 5.6): its length, its name, width, height. */
function pngSize(view: DataView): StatedSize | undefined {
  const IHDR = 0x49484452;
  if (view.byteLength < 24 || view.getUint32(12) !== IHDR) return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** The first frame header, SOF0 to SOF15 (ITU-T T.81, B.2.2); an image inside of another segment is jumped over with it. */
function jpegSize(view: DataView): StatedSize | undefined {
  for (let at = 2; at + 9 <= view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) at += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) at += 2;
    else if (isFrameHeader(marker)) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    // The pixels, or the end, before any frame header.
    else if (marker === 0xda || marker === 0xd9) return undefined;
    else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** DHT, JPG and DAC lie among the frame headers' numbers. */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/**
 * Refuses by its header what is larger than it may be: nothing of such an image is unpacked.
 * @throws InferenceError `image-invalid`, naming size and limit
 */
export function checkStatedSize(bytes: Uint8Array, maxPixels: number): void {
  const invalid = (message: string): InferenceError => new InferenceError('image-invalid', message);
  if (!imageFormat(bytes)) throw invalid('the image is neither PNG nor JPEG');
  const size = statedSize(bytes);
  if (!size) throw invalid('the image cannot be decoded: its header breaks off');
  const { width, height } = size;
  if (width * height <= maxPixels) return;
  const megapixels = (pixels: number): string => `${Number((pixels / 1e6).toFixed(2))} megapixels`;
  throw invalid(
    `the image has ${width}×${height} pixels (${megapixels(width * height)}), at most ${megapixels(maxPixels)} are decoded`,
  );
}
