import { createHash } from 'node:crypto';
import type { BundleInput } from '@hamon/contracts';

/**
 * What a tensor was made for, as a SHA-256 in hex: layout, size and order of channels, and, because a tensor is normalised
 * already, every number of the normalisation. A model answers a tensor of another form as readily, and wrongly.
 */
export function tensorForm(input: BundleInput): string {
  const { layout, width, height, channels, scale, mean, std, order = 'rgb', dtype } = input;
  const newer = order === 'rgb' && dtype === 'float32' ? [] : [order, dtype];
  const form = JSON.stringify([layout, width, height, channels, scale, mean, std, ...newer]);
  return createHash('sha256').update(form).digest('hex');
}
