import { setTimeout as delay } from 'node:timers/promises';
import type { SampleUploadPolicy } from '@hamon/contracts';
import type { Logger } from 'pino';
import { within } from '../adapters/within.js';
import { backoffMs } from '../core/backoff.js';
import type { FrameActivity } from '../data/frame-activity.js';
import type { IdleWork } from '../idle-work.js';
import { chargeOf, type SampleEntry } from './kept-sample.js';
import type { SampleClient, SendOutcome } from './sample-client.js';
import type { SampleStore } from './sample-store.js';
import { SetAside } from './set-aside.js';
import type { UploadBudget } from './upload-budget.js';

export interface SampleUploaderOptions {
  readonly store: SampleStore;
  readonly client: SampleClient;
  readonly budget: UploadBudget;
  /** No deployment is under way or about to begin. */
  readonly isAtRest: () => boolean;
  readonly activity: Pick<FrameActivity, 'whenIdle'>;
  readonly now: () => Date;
  readonly log: Logger;
  /** In [0, 1). */
  readonly random?: () => number;
  readonly waits?: Partial<UploadWaits>;
}

export interface UploadWaits {
  /** What the fleet allows is asked again after so long, and only where there is something to send. */
  readonly policyMs: number;
  /** Between two looks for something to send. */
  readonly lookMs: number;
  readonly backoff: { readonly firstMs: number; readonly maxMs: number };
}

const WAITS: UploadWaits = {
  policyMs: 600_000,
  lookMs: 5000,
  backoff: { firstMs: 5000, maxMs: 1_800_000 },
};
/** A line that never rests has pictures to send nevertheless. */
const LONGEST_WAIT_FOR_IDLE_MS = 2000;

/**
 * Sends kept pictures to the control plane, one at a time, where its fleet allows that, within a number of bytes a day, and
 * while the device has nothing better to do. Each is sent until it is confirmed; one that fails over and over holds up no other.
 */
export class SampleUploader implements IdleWork {
  readonly heldMb = 0;
  private readonly leaving = new AbortController();
  private readonly waits: UploadWaits;
  private readonly setAside = new SetAside();
  private running: Promise<void> = Promise.resolve();
  private policy: SampleUploadPolicy | undefined;
  private policyUntilMs = 0;
  private failures = 0;
  private sentCount = 0;
  private sentBytes = 0;
  private refusedCount = 0;
  private standing: string | null = null;

  constructor(private readonly options: SampleUploaderOptions) {
    this.waits = { ...WAITS, ...options.waits };
  }

  start(): void {
    this.running = this.run();
  }

  wake(): void {
    // It looks often enough.
  }

  get ended(): Promise<void> {
    return this.running;
  }

  get sent(): { readonly pictures: number; readonly bytes: number; readonly refused: number } {
    return { pictures: this.sentCount, bytes: this.sentBytes, refused: this.refusedCount };
  }

  /** Does the fleet let this device send any? Null where nobody has asked yet. */
  get isAllowed(): boolean | null {
    return this.policy ? this.policy.upload : null;
  }

  /** Why pictures wait, where the last one could not be sent. */
  get trouble(): string | null {
    return this.standing;
  }

  async stop(): Promise<void> {
    this.leaving.abort();
    await this.running.catch(() => undefined);
  }

  private async run(): Promise<void> {
    const { signal } = this.leaving;
    while (!signal.aborted) {
      const waitMs = await this.step(signal);
      if (waitMs > 0) await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Sends one, where one may be sent; answers how long to wait before the next look. */
  private async step(signal: AbortSignal): Promise<number> {
    const { store, isAtRest, now } = this.options;
    const { lookMs } = this.waits;
    if (store.unsent === 0 || !isAtRest()) return lookMs;
    const policy = await this.currentPolicy(signal);
    if (!policy?.upload) return lookMs;
    const left = this.bytesLeft(policy);
    const entry = store.nextUnsent((one) => chargeOf(one) <= left && !this.setAside.has(one.id, now()));
    if (!entry) return lookMs;
    await this.whenIdle(signal);
    if (signal.aborted) return 0;
    return this.send(entry, signal);
  }

  private bytesLeft({ maxBytesPerDeviceDay, bytesLeftToday = Infinity }: SampleUploadPolicy): number {
    const { budget, now } = this.options;
    return Math.min(maxBytesPerDeviceDay - budget.spentOn(now()), bytesLeftToday);
  }

  private async currentPolicy(signal: AbortSignal): Promise<SampleUploadPolicy | undefined> {
    const nowMs = performance.now();
    if (nowMs < this.policyUntilMs) return this.policy;
    const asked = await this.options.client.policy(signal);
    // What was allowed before is not what is allowed now: nothing is sent until it is known again.
    this.policy = asked;
    this.policyUntilMs = nowMs + (asked ? this.waits.policyMs : this.backoff());
    if (asked) this.failures = 0;
    return asked;
  }

  private async send(entry: SampleEntry, signal: AbortSignal): Promise<number> {
    const { store, budget, client, now, log } = this.options;
    const [sample, picture] = [await store.read(entry), await store.picture(entry)];
    if (!sample || !picture) {
      await store.markRefused(entry.id, 'the picture cannot be read').catch(() => undefined);
      return this.waits.lookMs;
    }
    try {
      await budget.spend(chargeOf(entry), now());
      this.noteSpent(chargeOf(entry));
      const outcome = await client.send(sample.meta, picture, signal);
      return await this.settle(entry, outcome, signal);
    } catch (cause) {
      // The device's own disk: what was sent could not be counted.
      log.warn({ err: cause }, 'a sample could not be sent');
      this.standing = (cause as Error).message;
      return this.backoff();
    }
  }

  /** What is left today by the control plane's own figure, until it is asked again. */
  private noteSpent(bytes: number): void {
    const { policy } = this;
    if (policy?.bytesLeftToday === undefined) return;
    this.policy = { ...policy, bytesLeftToday: Math.max(0, policy.bytesLeftToday - bytes) };
  }

  private async settle(entry: SampleEntry, outcome: SendOutcome, signal: AbortSignal): Promise<number> {
    const { store } = this.options;
    switch (outcome.state) {
      case 'taken':
        await store.markUploaded(entry.id);
        this.sentCount += 1;
        this.sentBytes += entry.bytes;
        this.failures = 0;
        this.standing = null;
        return 0;
      case 'refused':
        await store.markRefused(entry.id, outcome.detail);
        this.refusedCount += 1;
        return 0;
      case 'not-now':
        this.policyUntilMs = 0;
        this.standing = outcome.detail;
        return Math.max(outcome.retryAfterMs ?? 0, this.backoff());
      case 'failed':
        if (!signal.aborted) this.standing = outcome.detail;
        if (outcome.mayBeOfPicture) this.noteFailed(entry, outcome.detail);
        return Math.max(outcome.retryAfterMs ?? 0, this.backoff());
    }
  }

  private noteFailed({ id }: SampleEntry, detail: string): void {
    const { now, log } = this.options;
    if (!this.setAside.failed(id, now())) return;
    log.warn(
      { sample: id, detail },
      'a picture fails each time; it is sent again tomorrow, and the others before',
    );
  }

  private backoff(): number {
    const wait = backoffMs(this.failures, this.waits.backoff, (this.options.random ?? Math.random)());
    this.failures += 1;
    return wait;
  }

  private async whenIdle(signal: AbortSignal): Promise<void> {
    const { activity } = this.options;
    await within(LONGEST_WAIT_FOR_IDLE_MS, signal, (limited) => activity.whenIdle(limited)).catch(
      () => undefined,
    );
  }
}
