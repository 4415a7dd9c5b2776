import { createHash } from 'node:crypto';
import type { BundleInput } from '@hamon/contracts';

/**
 * What a tensor was made for, as a SHA-256 in hex: layout and size, and, because a tensor is normalised already, every
 * number of the normalisation. A model answers a tensor of another form as readily, and wrongly.
 */
export function tensorForm({ layout, width, height, channels, scale, mean, std }: BundleInput): string {
  const form = JSON.stringify([layout, width, height, channels, scale, mean, std]);
  return createHash('sha256').update(form).digest('hex');
}
