import { TokenBucket } from '../platform/token-bucket.js';

const PER_HOUR = 6;
/** Devices that are remembered at once; the one that asked longest ago is forgotten first. */
const MAX_DEVICES = 100_000;

/**
 * How often a device's proof may make us sign: a restored database continues above each device once. Each replica counts by
 * itself.
 */
export class ContinuationQuota {
  private readonly buckets = new Map<string, TokenBucket>();

  tryTake(device: string, nowMs: number): boolean {
    const bucket = this.buckets.get(device) ?? new TokenBucket(PER_HOUR / 3600, PER_HOUR, nowMs);
    this.buckets.delete(device);
    this.buckets.set(device, bucket);
    const [oldest] = this.buckets.keys();
    if (this.buckets.size > MAX_DEVICES && oldest !== undefined) this.buckets.delete(oldest);
    return bucket.tryTake(1, nowMs);
  }
}
