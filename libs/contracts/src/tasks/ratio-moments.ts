import { z } from 'zod';
import { count, finite } from './fields.js';

/**
 * Sums over frames of a ratio's two parts and of their squares and product: what its value and its error need, whatever is
 * dependent within a frame.
 */
export const RatioMoments = z.strictObject({
  /** Frames of which the denominator is above 0. */
  frames: count,
  numerator: finite,
  denominator: finite,
  numeratorSquares: finite,
  products: finite,
  denominatorSquares: finite,
});
export type RatioMoments = z.infer<typeof RatioMoments>;
