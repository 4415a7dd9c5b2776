import { createRequire } from 'node:module';
import { WorkerProcess, type WorkerEnd } from '@hamon/inference';
import { CompressError } from '../errors.js';
import { unpackMessage } from '../runtime/message.js';
import { LATENCY_FRAME, type FailedHead, type RoundHead } from './worker/protocol.js';

const WORKER = createRequire(import.meta.url).resolve('@hamon/compress/latency-worker');
/** A round is bounded by the plan's budget; what takes so much longer hangs. */
const HANG_MS = 300_000;

interface Asked {
  readonly models: readonly { readonly name: string }[];
  readonly plan: { readonly rounds: number };
  readonly onRound?: (round: number, rounds: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The child process that takes latencies, for one request. It is answered when the child has ended: nobody goes on while
 * it still takes its share of the cores.
 */
export class LatencyProcess {
  private readonly worker: WorkerProcess;
  private outcome: Uint8Array | CompressError | undefined;
  private watchdog: NodeJS.Timeout | undefined;

  /**
   * @returns the body of its last frame
   * @throws CompressError `run-failed` naming the variant, `worker-crashed`, `worker-hung`, `cancelled`
   */
  static async ask(message: Uint8Array, asked: Asked): Promise<Uint8Array> {
    if (asked.signal?.aborted) throw cancelled();
    return new Promise((resolve, reject) => {
      const child = new LatencyProcess(asked, (outcome) =>
        outcome instanceof CompressError ? reject(outcome) : resolve(outcome),
      );
      child.begin(message);
    });
  }

  private constructor(
    private readonly asked: Asked,
    private readonly settle: (outcome: Uint8Array | CompressError) => void,
  ) {
    this.worker = new WorkerProcess(
      {
        onFrame: (kind, _id, body) => this.take(kind, body),
        onEnd: (end) => this.onEnd(end),
      },
      { program: WORKER },
    );
  }

  private begin(message: Uint8Array): void {
    this.asked.signal?.addEventListener('abort', this.abort);
    this.watch();
    this.worker.send(LATENCY_FRAME.measure, 0, message);
  }

  private take(kind: number, body: Uint8Array): void {
    const { models, plan, onRound } = this.asked;
    this.watch();
    if (kind === LATENCY_FRAME.round) onRound?.(unpackMessage<RoundHead>(body).head.round, plan.rounds);
    else if (kind === LATENCY_FRAME.done) this.end(body);
    else {
      const { model, detail } = unpackMessage<FailedHead>(body).head;
      const text = `${models[model]?.name ?? 'a variant'} could not be measured: ${detail}`;
      this.end(new CompressError('run-failed', text));
    }
  }

  private watch(): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(
      () =>
        this.end(new CompressError('worker-hung', `no latencies within ${HANG_MS / 1000} s of one round`)),
      HANG_MS,
    );
  }

  private readonly abort = (): void => this.end(cancelled());

  /** The first outcome counts. */
  private end(outcome: Uint8Array | CompressError): void {
    this.outcome ??= outcome;
    clearTimeout(this.watchdog);
    this.worker.kill();
  }

  private onEnd({ exitCode, signal, stderr }: WorkerEnd): void {
    clearTimeout(this.watchdog);
    this.asked.signal?.removeEventListener('abort', this.abort);
    const why = `${signal ?? `code ${exitCode ?? 'unknown'}`}${stderr === '' ? '' : `: ${stderr.slice(-300)}`}`;
    this.settle(
      this.outcome ??
        new CompressError('worker-crashed', `the process that measures latencies ended with ${why}`),
    );
  }
}

const cancelled = (): CompressError => new CompressError('cancelled', 'the work was cancelled');
