import type { Tensors } from '@hamon/tasks';
import { InferenceError, type InferenceErrorCode } from '../inference-error.js';

/** One answered run. */
export interface RunOutcome {
  /** The outputs that were asked for, as the model gave them: views into one buffer of this run's own. */
  readonly tensors: Tensors;
  /** Inside the child, normalisation included, pipe excluded. */
  readonly runMs: number;
}

export interface QueuedRun {
  readonly id: number;
  readonly kind: number;
  readonly body: Uint8Array;
  readonly resolve: (outcome: RunOutcome) => void;
  readonly reject: (error: InferenceError) => void;
  deadline?: NodeJS.Timeout;
}

/**
 * At most one run in the child, at most `maxWaiting` behind it, and exactly one outcome for each. An outcome of a run
 * that has already had one (its deadline passed) is dropped.
 */
export class RunQueue {
  private readonly waiting: QueuedRun[] = [];
  /** In the child now; kept after its own deadline, because the child is still busy with it. */
  private inChild: { run: QueuedRun; settled: boolean } | undefined;

  constructor(
    private readonly maxWaiting: number,
    private readonly send: (run: QueuedRun) => void,
  ) {}

  get isIdle(): boolean {
    return this.inChild === undefined;
  }

  get length(): number {
    return this.waiting.length + (this.inChild ? 1 : 0);
  }

  add(run: QueuedRun, deadlineMs: number | undefined): void {
    if (this.inChild && this.waiting.length >= this.maxWaiting) {
      run.reject(new InferenceError('overloaded', `${this.waiting.length} runs wait for this model already`));
      return;
    }
    if (deadlineMs !== undefined) {
      run.deadline = setTimeout(() => this.expire(run, deadlineMs), Math.max(0, deadlineMs));
    }
    if (this.inChild) this.waiting.push(run);
    else this.start(run);
  }

  /** The child's answer to run `id`. False where the child answered what it was not asked. */
  settle(id: number, outcome: RunOutcome | InferenceError): boolean {
    const current = this.inChild;
    if (current?.run.id !== id) return false;
    this.inChild = undefined;
    if (!current.settled) finish(current.run, outcome);
    const next = this.waiting.shift();
    if (next) this.start(next);
    return true;
  }

  /** Ends every run with this error, in the child or waiting. */
  failAll(code: InferenceErrorCode, message: string): void {
    const current = this.inChild;
    this.inChild = undefined;
    if (current && !current.settled) finish(current.run, new InferenceError(code, message));
    for (const run of this.waiting.splice(0)) finish(run, new InferenceError(code, message));
  }

  private start(run: QueuedRun): void {
    this.inChild = { run, settled: false };
    this.send(run);
  }

  private expire(run: QueuedRun, deadlineMs: number): void {
    const error = new InferenceError('too-slow', `no answer within ${Math.round(deadlineMs)} ms`);
    if (this.inChild?.run === run) {
      this.inChild.settled = true;
      run.reject(error);
      return;
    }
    const place = this.waiting.indexOf(run);
    if (place < 0) return;
    this.waiting.splice(place, 1);
    run.reject(error);
  }
}

function finish(run: QueuedRun, outcome: RunOutcome | InferenceError): void {
  clearTimeout(run.deadline);
  if (outcome instanceof InferenceError) run.reject(outcome);
  else run.resolve(outcome);
}
