import type { VersionView } from '@hamon/contracts';
import { tinyModel } from '@hamon/testing';
import { pushed } from './push.js';
import type { CallablePlane } from './test-control-plane.js';

/** Pushes a version of a tiny model with an `fp32` and an `int8-static` variant; it is validated, not released. */
export function pushVariants(
  plane: CallablePlane,
  { model = 'tiny', version = '1.0.0' } = {},
): Promise<VersionView> {
  const variants = ['fp32', 'int8-static'].map((name) => ({ name, file: `model.${name}.onnx` }));
  return pushed(plane, {
    bundle: { model, version, variants },
    files: { 'model.int8-static.onnx': tinyModel({ bias: Float32Array.of(0, 0.01, 0) }) },
  });
}
