import { MAX_SAMPLE_BLURRED, type FrameSize, type Region, type SampleMeta } from '@hamon/contracts';
import { blurRegions, encodeJpeg, encodePng, imageSize } from '@hamon/inference';
import { encodedFrame, pixelsOf } from '../data/encoded-frame.js';
import type { ImageFrame, PixelFrame } from '../data/frame.js';

export interface SamplePicture extends Pick<SampleMeta, 'mediaType' | 'blurred'> {
  readonly bytes: Uint8Array;
  readonly size: FrameSize;
}

/** What is made of a picture is kept for training: better than people ask for. */
const QUALITY = 95;

/**
 * What the model saw of a frame, as it is kept. Where parts of the frame are to be made unrecognisable the picture is encoded
 * anew from its changed pixels: no preview and nothing else that its file said comes along.
 *
 * @param blur in pixels of the source's frame
 * @throws InferenceError `image-invalid`
 */
export async function samplePicture(
  frame: ImageFrame | PixelFrame,
  blur: readonly Region[],
): Promise<SamplePicture> {
  if (blur.length === 0) {
    const { bytes, mediaType } = await encodedFrame(frame);
    return { bytes, mediaType, size: await imageSize(bytes), blurred: 0 };
  }
  const pixels = await pixelsOf(frame);
  const { x = 0, y = 0 } = frame.region ?? {};
  const regions = blur.map((region) => ({ ...region, x: region.x - x, y: region.y - y }));
  const blurred = await blurRegions(pixels, regions);
  const mediaType = frame.kind === 'image' ? frame.mediaType : 'image/jpeg';
  const bytes =
    mediaType === 'image/png' ? await encodePng(blurred.data, blurred) : await encodeJpeg(blurred, QUALITY);
  const { width, height } = pixels;
  const inside = regions.filter(
    (one) => one.x < width && one.y < height && one.x + one.width > 0 && one.y + one.height > 0,
  );
  // A long row of parents may name more than can be said.
  const told = Math.min(inside.length, MAX_SAMPLE_BLURRED);
  return { bytes, mediaType, size: { width, height }, blurred: told };
}
