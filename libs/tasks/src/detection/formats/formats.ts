import type { DetectionSpec } from '@hamon/contracts';
import { detr } from './detr.js';
import { endToEnd } from './end-to-end.js';
import type { Format, FormatName } from './format.js';
import { ssd } from './ssd.js';
import { yoloObjectness } from './yolo-objectness.js';
import { yolo } from './yolo.js';
import { yolox } from './yolox.js';

/** Every format there is, in the order in which sentences list them. */
export const FORMATS: { readonly [F in FormatName]: Format<F> } = {
  yolo,
  'yolo-objectness': yoloObjectness,
  yolox,
  ssd,
  detr,
  'end-to-end': endToEnd,
};

export const formatOf = ({ format }: DetectionSpec): Format => FORMATS[format] as Format;
