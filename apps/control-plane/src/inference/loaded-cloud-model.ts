import { availableParallelism } from 'node:os';
import type { BundleDocument } from '@hamon/contracts';
import { InferenceError, InferenceHost, type RunOutcome } from '@hamon/inference';

const LOAD_TIMEOUT_MS = 60_000;
const HANG_MS = 30_000;
/** Runs that may wait; the next one is told to come back. */
const MAX_WAITING = 16;
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 60_000;

/**
 * One version in a child process, started at its first run and again after a crash. A model that keeps failing is
 * started at growing intervals: between them runs end at once with the last fault.
 */
export class LoadedCloudModel {
  private host: Promise<InferenceHost> | undefined;
  private failures = 0;
  private notBefore = 0;
  private lastFault = new InferenceError('worker-crashed', 'the model has not been started');
  lastUsedAt = Date.now();

  constructor(
    private readonly modelPath: string,
    private readonly bundle: BundleDocument,
  ) {}

  /** @throws InferenceError as `InferenceHost.start` and `run` do */
  async run(data: Uint8Array | Float32Array, deadlineMs: number): Promise<RunOutcome> {
    this.lastUsedAt = Date.now();
    const host = await this.started();
    const outcome = await host.run(data, { deadlineMs });
    this.failures = 0;
    return outcome;
  }

  async stop(): Promise<void> {
    const host = await this.host?.catch(() => undefined);
    await host?.stop();
  }

  private started(): Promise<InferenceHost> {
    if (this.host) return this.host;
    if (Date.now() < this.notBefore) return Promise.reject(this.lastFault);
    const host = InferenceHost.start({
      modelPath: this.modelPath,
      input: this.bundle.input,
      output: this.bundle.output,
      intraOpNumThreads: Math.max(1, Math.min(4, availableParallelism() - 1)),
      hangMs: HANG_MS,
      loadTimeoutMs: LOAD_TIMEOUT_MS,
      maxWaiting: MAX_WAITING,
    });
    this.host = host;
    host.then(
      (started) => started.onExit(({ code, detail }) => this.ended(host, new InferenceError(code, detail))),
      (cause: unknown) =>
        this.ended(
          host,
          cause instanceof InferenceError
            ? cause
            : new InferenceError('worker-crashed', String(cause), { cause }),
        ),
    );
    return host;
  }

  private ended(host: Promise<InferenceHost>, fault: InferenceError): void {
    if (this.host === host) this.host = undefined;
    if (fault.code === 'stopped') return;
    this.lastFault = fault;
    this.notBefore = Date.now() + Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** this.failures++);
  }
}
