import type { DeviceModel } from '../messaging/outbox.js';
import { TokenBucket } from '../platform/token-bucket.js';

const PER_HOUR = 6;
/** Models of devices that are remembered at once; the one that asked longest ago is forgotten first. */
const MAX_MODELS = 200_000;

/**
 * How often a device's proof may make us sign: a restored database continues above each of its models once. Each replica
 * counts by itself.
 */
export class ContinuationQuota {
  private readonly buckets = new Map<string, TokenBucket>();

  tryTake({ device, model }: DeviceModel, nowMs: number): boolean {
    const key = `${device}/${model}`;
    const bucket = this.buckets.get(key) ?? new TokenBucket(PER_HOUR / 3600, PER_HOUR, nowMs);
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    const [oldest] = this.buckets.keys();
    if (this.buckets.size > MAX_MODELS && oldest !== undefined) this.buckets.delete(oldest);
    return bucket.tryTake(1, nowMs);
  }
}
