import { FALLBACK_REASONS, type DevicePolicy, type FallbackReason } from '@hamon/contracts';
import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhenResult,
  type CircuitBreakerPolicy,
  type IBackoff,
  type IBackoffFactory,
} from 'cockatiel';
import type { OnDataEvent } from '../data-events.js';
import type { Frame } from '../frame.js';
import type { CloudClient, CloudFailure, CloudOutcome } from './cloud-client.js';

export interface CloudFallbackOptions {
  readonly client: CloudClient;
  readonly onEvent: OnDataEvent;
  /** Failures in a row that open the breaker. */
  readonly failuresToOpen?: number;
  /** First and longest rest of the open breaker; it grows while probes fail. */
  readonly restMs?: number;
  readonly maxRestMs?: number;
}

export type BreakerState = 'closed' | 'half-open' | 'open';

/** Requests to the cloud, by reason; of the asked ones, the answered. */
export type CloudCounts = Readonly<
  Record<FallbackReason, { readonly asked: number; readonly answered: number }>
>;

/**
 * The way to the cloud model, guarded: a circuit breaker, and a bound on requests under way. A caller that may not ask is
 * told at once and does not wait.
 */
export class CloudFallback {
  private readonly options: Required<CloudFallbackOptions>;
  private readonly countsByReason = Object.fromEntries(
    FALLBACK_REASONS.map((reason) => [reason, { asked: 0, answered: 0 }]),
  ) as Record<FallbackReason, { asked: number; answered: number }>;
  private breaker: CircuitBreakerPolicy;
  /** By the monotonic clock; meaningful while the breaker is open. */
  private restsUntil = 0;
  private inFlight = 0;
  private lastingTrouble: string | null = null;

  constructor(options: CloudFallbackOptions) {
    this.options = { failuresToOpen: 5, restMs: 1000, maxRestMs: 60_000, ...options };
    this.breaker = this.newBreaker();
  }

  get breakerState(): BreakerState {
    switch (this.breaker.state) {
      case CircuitState.Closed:
        return 'closed';
      case CircuitState.HalfOpen:
        return 'half-open';
      default:
        return 'open';
    }
  }

  /** Why the cloud is not asked for a while; null where it is. */
  get trouble(): string | null {
    return this.lastingTrouble;
  }

  get counts(): CloudCounts {
    return structuredClone(this.countsByReason);
  }

  /** May a request go out now? */
  mayAsk(policy: DevicePolicy['fallback']): boolean {
    if (!policy.enabled || this.inFlight >= policy.maxInFlight) return false;
    if (this.breaker.state === CircuitState.Open) return performance.now() >= this.restsUntil;
    // While one request probes, the library would let the others wait for its end: they are not asked.
    return this.breaker.state === CircuitState.Closed;
  }

  /** Undefined where no request may go out. Otherwise settles by the policy's cloud deadline, never rejects. */
  ask(
    model: string,
    frame: Frame,
    reason: FallbackReason,
    policy: DevicePolicy['fallback'],
  ): Promise<CloudOutcome> | undefined {
    return this.mayAsk(policy) ? this.send(model, frame, reason, policy.cloudDeadlineMs) : undefined;
  }

  private async send(
    model: string,
    frame: Frame,
    reason: FallbackReason,
    deadlineMs: number,
  ): Promise<CloudOutcome> {
    this.inFlight += 1;
    try {
      const outcome = await this.breaker.execute(() => {
        this.countsByReason[reason].asked += 1;
        return this.options.client.ask(model, frame, deadlineMs);
      });
      if (outcome.ok) this.countsByReason[reason].answered += 1;
      if (!isFailure(outcome)) this.noteRecovered();
      return outcome;
    } catch (cause) {
      if (!(cause instanceof BrokenCircuitError)) throw cause;
      return this.overslept();
    } finally {
      this.inFlight -= 1;
    }
  }

  private newBreaker(): CircuitBreakerPolicy {
    const { failuresToOpen, restMs, maxRestMs } = this.options;
    const rests = new ExponentialBackoff({ initialDelay: restMs, maxDelay: maxRestMs });
    const breaker = circuitBreaker(
      handleWhenResult((outcome) => isFailure(outcome as CloudOutcome)),
      { breaker: new ConsecutiveBreaker(failuresToOpen), halfOpenAfter: this.noting(rests) },
    );
    breaker.onBreak((why) => this.noteDown('value' in why ? (why.value as CloudOutcome) : undefined));
    return breaker;
  }

  /** The same rests, each written down when it begins. */
  private noting(rests: IBackoffFactory<unknown>): IBackoffFactory<unknown> {
    return {
      next: (context) => {
        const rest = rests.next(context);
        this.restsUntil = performance.now() + rest.duration;
        const following: IBackoff<unknown> = { duration: rest.duration, ...this.noting(rest) };
        return following;
      },
    };
  }

  /**
   * The library measures a rest by the wall clock: set back by a year, the breaker would stay open for a year. By the
   * monotonic clock the rest is over, so that a new breaker takes its place.
   */
  private overslept(): CloudOutcome {
    if (performance.now() - this.restsUntil > 1000) this.breaker = this.newBreaker();
    return { ok: false, error: { code: 'unavailable', detail: 'the breaker is open' } };
  }

  private noteDown(outcome: CloudOutcome | undefined): void {
    if (this.lastingTrouble !== null) return;
    const why =
      outcome && !outcome.ok ? `${outcome.error.code}: ${outcome.error.detail}` : 'repeated failures';
    this.lastingTrouble = `the cloud is not asked for a while; ${why}`;
    this.options.onEvent({ kind: 'fallback-open', detail: this.lastingTrouble });
  }

  private noteRecovered(): void {
    if (this.lastingTrouble === null) return;
    this.lastingTrouble = null;
    this.options.onEvent({ kind: 'fallback-closed', detail: 'the cloud answers again' });
  }
}

/** A server that refuses one frame is there; everything else speaks against asking again soon. */
function isFailure(outcome: CloudOutcome): boolean {
  const code: CloudFailure['code'] | undefined = outcome.ok ? undefined : outcome.error.code;
  return code !== undefined && code !== 'frame-refused';
}
