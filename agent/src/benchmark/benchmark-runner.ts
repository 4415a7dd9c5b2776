import { setTimeout as delay } from 'node:timers/promises';
import type { BenchmarkProgress, BenchmarkReason, BenchmarkResult } from '@hamon/contracts';
import type { Logger } from 'pino';
import { backoffMs } from '../core/backoff.js';
import { deadlineOf, ended, type BenchmarkRecord, type ReplyContent } from '../core/benchmark-record.js';
import type { StateKeeper } from '../state-keeper.js';
import { benchmarkReason, isRefusal, isWorthRepeating } from './benchmark-reason.js';

export type OpenBenchmark = NonNullable<BenchmarkRecord['open']>;

export interface BenchmarkRunnerOptions {
  readonly keeper: StateKeeper<BenchmarkRecord>;
  /** The device has nothing else to do than to answer frames. */
  readonly isAtRest: () => boolean;
  /** Does all of the work; idempotent, and resumes where it was interrupted. */
  readonly measure: (
    open: OpenBenchmark,
    onProgress: (progress: BenchmarkProgress) => void,
    signal: AbortSignal,
  ) => Promise<readonly BenchmarkResult[]>;
  /** Nothing is open: frees what a benchmark took. */
  readonly cleanUp: () => Promise<void>;
  /** How far the open benchmark is. */
  readonly onProgress: (progress: BenchmarkProgress) => void;
  readonly now: () => Date;
  readonly log: Logger;
}

const MAX_ATTEMPTS = 3;
const LOOK_MS = 500;
const BACKOFF = { firstMs: 1000, maxMs: 30_000 };
/** Cleaning up is tried again after this time. */
const HOUSEKEEPING_MS = 60_000;

/** Measures what is asked, whenever the device has nothing better to do, until it is done or must be given up. */
export class BenchmarkRunner {
  private pass: { readonly id: string; readonly aborter: AbortController } | undefined;
  private wakeUp: (() => void) | undefined;
  private isStopping = false;
  private isStale = false;

  constructor(private readonly options: BenchmarkRunnerOptions) {}

  /** Something changed: the record, or what else the device has to do. */
  wake(): void {
    this.isStale = true;
    const { keeper, isAtRest } = this.options;
    const isUnwanted = this.pass && keeper.state.open?.command.id !== this.pass.id;
    if (this.pass && (this.isStopping || isUnwanted || !isAtRest())) {
      this.pass.aborter.abort(new Error('the benchmark makes way'));
    }
    this.wakeUp?.();
  }

  stop(): void {
    this.isStopping = true;
    this.wake();
  }

  /** Until `stop`. Rejects on a bug only. */
  async run(): Promise<void> {
    const { keeper, isAtRest, cleanUp, now, log } = this.options;
    while (!this.isStopping) {
      this.isStale = false;
      await keeper.catchUp();
      const { open } = keeper.state;
      if (!open) {
        await cleanUp().catch((cause: unknown) => log.warn({ err: cause }, 'a benchmark left files behind'));
        await this.sleep(HOUSEKEEPING_MS);
        continue;
      }
      const leftMs = deadlineOf(open) - now().getTime();
      if (leftMs <= 0) await this.end({ state: 'failed', reason: outOfTime(open) });
      else if (open.attempts >= MAX_ATTEMPTS) await this.end({ state: 'failed', reason: gaveUp(open) });
      else if (!isAtRest()) await this.sleep(Math.min(LOOK_MS, leftMs));
      else await this.attempt(open, leftMs);
    }
  }

  private async attempt(open: OpenBenchmark, leftMs: number): Promise<void> {
    const { measure, onProgress, log } = this.options;
    const { id } = open.command;
    const aborter = new AbortController();
    this.pass = { id, aborter };
    // A deployment may have begun, or the command been cancelled, since the loop looked.
    if (this.isStale) this.wake();
    const alarm = setTimeout(() => aborter.abort(new Error('the time is over')), leftMs);
    try {
      await this.count(id, 1, open.reason);
      aborter.signal.throwIfAborted();
      log.info({ id, attempt: open.attempts + 1 }, 'benchmark begins');
      const results = await measure(open, onProgress, aborter.signal);
      await this.end({ state: 'succeeded', results: [...results] }, id);
    } catch (cause) {
      // A failure after it was told to make way is taken for a consequence of that.
      if (aborter.signal.aborted) {
        await this.count(id, -1, open.reason).catch(() => undefined);
        return;
      }
      const reason = benchmarkReason(cause);
      if (!reason) throw cause;
      await this.failed(id, open, reason);
    } finally {
      clearTimeout(alarm);
      this.pass = undefined;
    }
  }

  private async failed(id: string, open: OpenBenchmark, reason: BenchmarkReason): Promise<void> {
    this.options.log.warn({ id, reason }, 'benchmark failed');
    if (!isWorthRepeating(reason)) {
      await this.end({ state: isRefusal(reason) ? 'refused' : 'failed', reason }, id);
      return;
    }
    await this.count(id, 0, reason).catch(() => undefined);
    this.isStale = false;
    await this.sleep(backoffMs(open.attempts, BACKOFF, Math.random()));
  }

  /** Written before it begins: a supervisor that dies during it finds the count when it comes back. */
  private count(id: string, by: number, reason: BenchmarkReason | null): Promise<void> {
    return this.options.keeper.update((record) => {
      const { open } = record;
      if (open?.command.id !== id) return record;
      return { ...record, open: { ...open, attempts: Math.max(0, open.attempts + by), reason } };
    });
  }

  private async end(content: ReplyContent, id?: string): Promise<void> {
    const { keeper, now, log } = this.options;
    await keeper.force((record) =>
      id === undefined || record.open?.command.id === id ? ended(record, content, now()) : record,
    );
    log.info({ state: content.state, reason: content.reason }, 'benchmark ended');
  }

  private async sleep(ms: number): Promise<void> {
    if (this.isStale || this.isStopping) return;
    const aborter = new AbortController();
    this.wakeUp = () => aborter.abort();
    await delay(ms, undefined, { signal: aborter.signal }).catch(() => undefined);
    this.wakeUp = undefined;
  }
}

const outOfTime = ({ command, reason }: OpenBenchmark): BenchmarkReason => ({
  code: 'out-of-time',
  detail:
    reason?.detail ??
    `it was not done within ${command.benchmark.plan.deadlineSeconds} s or before it expired: too few idle moments`,
});

const gaveUp = ({ reason }: OpenBenchmark): BenchmarkReason =>
  reason ?? { code: 'gave-up', detail: `the agent ended during ${MAX_ATTEMPTS} attempts` };
