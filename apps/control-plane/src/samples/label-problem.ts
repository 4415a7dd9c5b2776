import type { FrameSize, SampleTruth } from '@hamon/contracts';
import { ControlPlaneError } from '../platform/errors.js';

/** Why a truth cannot be about a picture of that size; undefined where it can. */
export function labelProblem(size: FrameSize, truth: SampleTruth): ControlPlaneError | undefined {
  const { width, height } = size;
  if (truth.task === 'detection') {
    const at = truth.boxes.findIndex(
      ({ box }) => box.x >= width || box.y >= height || box.x + box.width <= 0 || box.y + box.height <= 0,
    );
    return at < 0
      ? undefined
      : refused(`truth.boxes.${at}.box`, `lies outside of the picture (${width}×${height})`);
  }
  const mask = 'mask' in truth ? truth.mask : undefined;
  if (mask === undefined || (mask.width === width && mask.height === height)) return undefined;
  return refused('truth.mask', `has ${mask.width}×${mask.height} pixels, the picture ${width}×${height}`);
}

const refused = (field: string, rule: string): ControlPlaneError =>
  new ControlPlaneError('label-refused', `${field}: ${rule}`, { errors: [{ field, rule }] });
