import type { TinyModelOptions } from '@hamon/testing';
import { pushed, release } from './push.js';
import type { CallablePlane } from './test-control-plane.js';

/** Pushes and releases a version of a tiny model; answers the digest of its bundle. */
export async function pushReleased(
  plane: CallablePlane,
  { model = 'tiny', version = '1.0.0', options = {} as TinyModelOptions, release: isReleased = true } = {},
): Promise<string> {
  const take = isReleased ? release : pushed;
  const { variants } = await take(plane, { bundle: { model, version }, model: options });
  return variants[0]?.bundle ?? '';
}
