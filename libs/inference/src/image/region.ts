import type { FrameSize, Region } from '@hamon/contracts';
import { InferenceError } from '../inference-error.js';

/**
 * The part of a region that lies within a frame, in whole pixels.
 *
 * @throws InferenceError `image-invalid` where it lies outside.
 */
export function within(frame: FrameSize, { x, y, width, height }: Region): Region {
  const cut = { x, y, width: Math.min(width, frame.width - x), height: Math.min(height, frame.height - y) };
  if (cut.width >= 1 && cut.height >= 1) return cut;
  const region = `${width}x${height} at ${x}, ${y}`;
  throw new InferenceError(
    'image-invalid',
    `the region ${region} lies outside of the frame of ${frame.width}x${frame.height}`,
  );
}
