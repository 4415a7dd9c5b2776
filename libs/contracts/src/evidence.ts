import { z } from 'zod';

const count = z.int().min(0);

/**
 * A mergeable latency sketch (DDSketch, Masson et al. 2019): bin `i` counts values in (γ^(i-1), γ^i] with
 * γ = (1+α)/(1-α), α = 0.01. Values in milliseconds.
 */
export const LatencySketch = z
  .strictObject({
    count,
    sum: z.number().min(0),
    min: z.number().min(0),
    max: z.number().min(0),
    /** `[bin, count]`, bins ascending. */
    bins: z.array(z.tuple([z.int().min(-2000).max(2000), z.int().min(1)])).max(1024),
  })
  // Found later, one device's contradiction would be part of a sum over all devices, where it cannot be removed.
  .refine(
    ({ count: total, bins }) => bins.reduce((sum, [, n]) => sum + n, 0) === total,
    "the bins' counts must add up to count",
  )
  .refine(
    ({ bins }) => bins.every(([bin], i) => i === 0 || bin > (bins[i - 1]?.[0] ?? bin)),
    'bins must be ascending, once each',
  );
export type LatencySketch = z.infer<typeof LatencySketch>;

/** Why the cloud model was asked about a frame. */
export const FALLBACK_REASONS = ['worker-down', 'too-slow', 'edge-error', 'low-confidence'] as const;
export const FallbackReason = z.enum(FALLBACK_REASONS);
export type FallbackReason = z.infer<typeof FallbackReason>;
