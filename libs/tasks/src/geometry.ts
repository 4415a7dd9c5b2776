import type { BundleInput, FrameSize } from '@hamon/contracts';

/** How a frame lies in a model's input: input pixel = frame pixel * scale + offset, by axis. */
export interface Placement {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

type InputSize = Pick<BundleInput, 'width' | 'height' | 'resize'>;

/**
 * Where a frame lies in the input that was made of it. `contain` leaves borders (positive offsets), `cover` cuts the frame's
 * sides (negative ones); both keep the middle in the middle.
 */
export function placeFrame({ width, height, resize }: InputSize, frame: FrameSize): Placement {
  const [ratioX, ratioY] = [width / frame.width, height / frame.height];
  if (resize === 'stretch' || ratioX === ratioY) {
    return { scaleX: ratioX, scaleY: ratioY, offsetX: 0, offsetY: 0 };
  }
  const ratio = resize === 'contain' ? Math.min(ratioX, ratioY) : Math.max(ratioX, ratioY);
  // Resizing makes whole pixels, one at least, so that the two axes' scales differ by a little.
  const whole = (length: number): number => Math.max(1, Math.round(length * ratio));
  const [wide, high] = [whole(frame.width), whole(frame.height)];
  return {
    scaleX: wide / frame.width,
    scaleY: high / frame.height,
    offsetX: Math.floor((width - wide) / 2),
    offsetY: Math.floor((height - high) / 2),
  };
}
