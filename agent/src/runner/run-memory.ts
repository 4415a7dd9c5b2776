import type { Reason } from '@hamon/contracts';
import { backoffMs } from '../core/backoff.js';
import type { ChunkTries } from '../core/chunk-fetcher.js';
import { crashed, isBudgetSpent, type Crashes } from '../core/crash-budget.js';
import type { ModelState } from '../core/model-state.js';
import type { ActiveTally } from '../data/router-counters.js';

interface Probation {
  readonly bundle: string;
  readonly sinceMs: number;
  readonly base: ActiveTally;
  passed: boolean;
}

const CRASH_BACKOFF = { firstMs: 500, maxMs: 5 * 60_000 };
/** A housekeeping step that failed is tried again after this time. */
const HOUSEKEEPING_REST_MS = 10_000;

/** What the runner has learnt since the agent started, and forgets at a restart. Bundles are named by their digests. */
export class RunMemory {
  readonly tries: ChunkTries = new Map();
  private failure: { readonly sequence: number; readonly reason: Reason } | null = null;
  private shadowPassedFor: string | null = null;
  private probation: Probation | null = null;
  private crashes: Crashes = [];
  private lastCrash: Reason | null = null;
  private reloadAtMs = 0;
  private damaged: string | null = null;
  private restUntilMs = 0;

  fail(state: ModelState, reason: Reason): void {
    const sequence = state.deployment?.target.version.sequence;
    if (sequence !== undefined) this.failure ??= { sequence, reason };
  }

  failureOf({ deployment }: ModelState): Reason | null {
    return this.failure && this.failure.sequence === deployment?.target.version.sequence
      ? this.failure.reason
      : null;
  }

  passShadow(bundle: string): void {
    this.shadowPassedFor = bundle;
  }

  hasPassedShadow = (bundle: string | undefined): boolean => bundle === this.shadowPassedFor;

  /**
   * The version's record since its probation began. Begins a probation where none of this version is under way. Frames
   * that came before its child was up say nothing about it.
   */
  probationOf(bundle: string, tally: ActiveTally): ActiveTally & { readonly elapsedMs: number } {
    if (this.probation?.bundle !== bundle || tally.frames < this.probation.base.frames) {
      this.probation = { bundle, sinceMs: performance.now(), base: tally, passed: false };
    }
    const { sinceMs, base } = this.probation;
    return {
      elapsedMs: performance.now() - sinceMs,
      frames: tally.frames - base.frames,
      errors: tally.errors - base.errors,
    };
  }

  /** What was observed has been judged: a version that gets another chance begins with a new record. */
  endProbation(): void {
    this.probation = null;
  }

  passProbation(): void {
    if (this.probation) this.probation.passed = true;
  }

  hasPassedProbation = (bundle: string | undefined): boolean =>
    this.probation !== null && this.probation.bundle === bundle && this.probation.passed;

  /** The current version's child died or did not come up. */
  crash(reason: Reason): void {
    const now = performance.now();
    this.crashes = crashed(this.crashes, now);
    this.lastCrash = reason;
    this.reloadAtMs = now + backoffMs(this.crashes.length - 1, CRASH_BACKOFF, Math.random());
  }

  /** Its files are not what was installed. */
  damage(bundle: string, reason: Reason): void {
    this.damaged = bundle;
    this.lastCrash = reason;
  }

  isDamaged = (bundle: string | undefined): boolean => bundle !== undefined && bundle === this.damaged;

  get mayLoadCurrent(): boolean {
    return performance.now() >= this.reloadAtMs;
  }

  broken(bundle: string | undefined): Reason | null {
    const isBroken = this.isDamaged(bundle) || isBudgetSpent(this.crashes, performance.now());
    return isBroken ? this.lastCrash : null;
  }

  /** Another version is current now: the crashes of the former one are not held against it. */
  newCurrent(): void {
    this.crashes = [];
    this.lastCrash = null;
    this.reloadAtMs = 0;
    this.damaged = null;
    this.failure = null;
  }

  newDeployment(): void {
    this.tries.clear();
    this.failure = null;
    this.shadowPassedFor = null;
  }

  rest(): void {
    this.restUntilMs = performance.now() + HOUSEKEEPING_REST_MS;
  }

  get isResting(): boolean {
    return performance.now() < this.restUntilMs;
  }

  /** Milliseconds until one of these changes by the passing of time. */
  nextChangeMs(): number | undefined {
    const now = performance.now();
    const waits = [this.reloadAtMs, this.restUntilMs].map((at) => at - now).filter((ms) => ms > 0);
    return waits.length > 0 ? Math.min(...waits) : undefined;
  }
}
