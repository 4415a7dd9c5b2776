import { cropPixels, decodePixels, encodeJpeg, encodePng, within, type Pixels } from '@hamon/inference';
import type { EncodedImage, ImageFrame, PixelFrame } from './frame.js';

const QUALITY = 92;

/** Made once for whoever asks, and gone with the frame. */
const encodings = new WeakMap<Pixels, Promise<EncodedImage>>();
const cuts = new WeakMap<ImageFrame | PixelFrame, Promise<EncodedImage>>();

/** What the model saw of a picture, as image bytes: for the cloud and for what is kept. */
export function encodedFrame(frame: ImageFrame | PixelFrame): Promise<EncodedImage> {
  if (!frame.region) return frame.kind === 'image' ? Promise.resolve(frame) : encoded(frame.pixels);
  const known = cuts.get(frame);
  if (known) return known;
  const cut = pixelsOf(frame).then((pixels) => encoded(pixels, frame.kind === 'image'));
  cuts.set(frame, cut);
  return cut;
}

/** What the model saw of a picture. Rejects with an `InferenceError` where an image does not decode. */
export async function pixelsOf(frame: ImageFrame | PixelFrame): Promise<Pixels> {
  const whole = frame.kind === 'pixels' ? frame.pixels : await decodePixels(frame.bytes);
  return frame.region ? cropPixels(whole, within(whole, frame.region)) : whole;
}

function encoded(pixels: Pixels, isExact = false): Promise<EncodedImage> {
  const known = encodings.get(pixels);
  if (known) return known;
  const encoding = (isExact ? encodePng(pixels.data, pixels) : encodeJpeg(pixels, QUALITY)).then(
    (bytes): EncodedImage => ({ bytes, mediaType: isExact ? 'image/png' : 'image/jpeg' }),
  );
  encodings.set(pixels, encoding);
  return encoding;
}
