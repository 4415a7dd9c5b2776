import type { InferenceResult, OutputSpec, Region } from '@hamon/contracts';
import { cropPixels, encodeJpeg, fitPixels, within, type ImageDecoder, type Pixels } from '@hamon/inference';
import type { AnsweredFrame } from '../answered-frame.js';
import type { ImageFrame, PixelFrame } from '../frame.js';
import type { MakeHeatMap } from '../heat-maps.js';
import { Canvas } from './canvas.js';
import { drawAnswer } from './draw-answer.js';

/** A frame that can be shown. */
export interface ShownFrame extends AnsweredFrame {
  readonly frame: ImageFrame | PixelFrame;
  /** Of an answer of this device's own, where its task has one. */
  readonly heatMap?: MakeHeatMap;
}

export interface LivePictureParts {
  /** Bounds what images take while they are unpacked. */
  readonly decoder: Pick<ImageDecoder, 'pixels'>;
  /** Of the version that answered; undefined where it is not there any more. */
  readonly specOf: (result: InferenceResult) => OutputSpec | undefined;
  /** What nobody is to recognise, in pixels of the stream's source. */
  readonly blurOf: (stream: string) => readonly Region[];
}

const MAX_WIDTH = 1280;
const MAX_HEIGHT = 1280;
/** Smaller pictures are enlarged, so that what is written on them can be read. */
const LEGIBLE_WIDTH = 480;
const QUALITY = 75;

/**
 * What the model saw, small enough for a page, with its answer drawn on it, as JPEG.
 *
 * @throws InferenceError `image-invalid`
 */
export async function livePicture(
  { frame, record, heatMap }: ShownFrame,
  { decoder, specOf, blurOf }: LivePictureParts,
): Promise<Uint8Array> {
  const whole = frame.kind === 'pixels' ? frame.pixels : await decoder.pixels(frame.bytes);
  const seen = frame.region ? cropPixels(whole, within(whole, frame.region)) : whole;
  const canvas = await canvasOf(seen);
  const { x = 0, y = 0 } = frame.region ?? {};
  const factor = canvas.width / seen.width;
  for (const part of blurOf(record.stream)) {
    canvas.coarsen({
      ...{ x: (part.x - x) * factor, y: (part.y - y) * factor },
      ...{ width: part.width * factor, height: part.height * factor },
    });
  }
  drawAnswer(canvas, record, { spec: record.result && specOf(record.result), heatMap: heatMap?.() });
  return encodeJpeg(canvas, QUALITY);
}

/** In colour, and a copy: others look at the frame's own pixels. */
async function canvasOf(seen: Pixels): Promise<Canvas> {
  const larger = Math.max(1, Math.min(8, Math.ceil(LEGIBLE_WIDTH / seen.width)));
  const factor = Math.min(larger, MAX_WIDTH / seen.width, MAX_HEIGHT / seen.height);
  const width = Math.max(1, Math.round(seen.width * factor));
  const height = Math.max(1, Math.round(seen.height * factor));
  const { pixels } = await fitPixels(seen, { width, height, channels: 3, resize: 'stretch' });
  return new Canvas(pixels === seen.data ? Uint8Array.from(pixels) : pixels, width, height);
}
