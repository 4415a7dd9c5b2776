import { InferenceError, type InferenceErrorCode } from '../inference-error.js';
import { inputLength, isImageInput, type ModelInput } from '../model-interface.js';
import { processMemoryMb } from '../limits/process-memory.js';
import { watchUse } from '../limits/watch-use.js';
import { readTensors } from '../protocol/tensors.js';
import {
  FRAME,
  type LoadedModelFacts,
  type LoadRequest,
  type WorkerFault,
  type WorkerMemory,
} from '../protocol/messages.js';
import { RunQueue, type RunOutcome } from './run-queue.js';
import { Watchdog } from './watchdog.js';
import { WorkerProcess, type WorkerEnd } from './worker-process.js';

export interface InferenceHostOptions {
  /** The ONNX file. */
  readonly modelPath: string;
  readonly input: ModelInput;
  /** Names of the outputs that runs answer with. */
  readonly outputs: readonly string[];
  readonly intraOpNumThreads: number;
  /** The execution provider that is to run it, by onnxruntime's name; `cpu` if left out. */
  readonly executionProvider?: string | undefined;
  /** Of the child with all its threads, as `nice(1)`; this process's own if left out. */
  readonly nice?: number | undefined;
  /** A run or a heartbeat without an answer for so long means a hang: the child is killed. */
  readonly hangMs: number;
  readonly loadTimeoutMs: number;
  /** Resident memory of the child in MiB beyond which it is killed (Linux only); not looked at if left out. */
  readonly maxMemoryMb?: number | undefined;
  /** Runs that may wait behind the one in the child; 4 by default. */
  readonly maxWaiting?: number;
  /** Ends a start that is still under way, with `stopped`; ignored afterwards. */
  readonly signal?: AbortSignal;
}

export interface RunOptions {
  /** From the call on; afterwards the run ends with `too-slow`, and what the child still answers is dropped. */
  readonly deadlineMs?: number;
}

/** Why the child is gone. */
export interface HostExit {
  readonly code: Extract<InferenceErrorCode, 'worker-crashed' | 'worker-hung' | 'memory-budget' | 'stopped'>;
  readonly detail: string;
}

const HEARTBEAT_MS = 5000;
const LOOK_AT_MEMORY_MS = 50;
const STOP_GRACE_MS = 1000;
const NO_MEMORY: WorkerMemory = { rssMb: 0, peakRssMb: 0 };

/**
 * One loaded model version: a child process around one onnxruntime session, and everything that keeps its faults from
 * its owner. A host ends once and is not restarted; whether to start another is its owner's decision.
 */
export class InferenceHost {
  private readonly worker: WorkerProcess;
  private readonly queue: RunQueue;
  private readonly watchdog: Watchdog;
  private readonly heartbeat: NodeJS.Timeout;
  private readonly unwatchMemory: () => void;
  private readonly exitListeners = new Set<(exit: HostExit) => void>();
  private readonly pings = new Map<number, (memory: WorkerMemory) => void>();
  private loading:
    { resolve: (facts: LoadedModelFacts) => void; reject: (e: InferenceError) => void } | undefined;
  private nextId = 1;
  private leaving: HostExit | undefined;
  private exit: HostExit | undefined;
  private facts: LoadedModelFacts | undefined;

  private constructor(private readonly options: InferenceHostOptions) {
    this.worker = new WorkerProcess({
      onFrame: (kind, id, body) => this.receive(kind, id, body),
      onEnd: (end) => this.end(end),
    });
    this.watchdog = new Watchdog(options.hangMs, () => this.killHung(`no answer for ${options.hangMs} ms`));
    this.queue = new RunQueue(options.maxWaiting ?? 4, (run) => {
      this.watchdog.arm();
      this.worker.send(run.kind, run.id, run.body);
    });
    this.heartbeat = setInterval(() => {
      if (this.facts && this.queue.isIdle && this.pings.size === 0) void this.ping();
    }, HEARTBEAT_MS);
    this.heartbeat.unref();
    this.unwatchMemory = this.watchMemory(options.maxMemoryMb);
  }

  /**
   * Starts a child and loads the model into it.
   *
   * @throws InferenceError `model-unloadable`, `input-mismatch`, `labels-mismatch`, `worker-crashed`, `stopped` (by the
   * signal), `memory-budget` (`maxMemoryMb`), `provider-unavailable`, or `worker-hung` where loading takes longer than `loadTimeoutMs`.
   */
  static async start(options: InferenceHostOptions): Promise<InferenceHost> {
    const host = new InferenceHost(options);
    const abort = (): void => host.abandon();
    options.signal?.addEventListener('abort', abort);
    if (options.signal?.aborted) abort();
    try {
      host.facts = await host.load();
    } finally {
      options.signal?.removeEventListener('abort', abort);
    }
    return host;
  }

  get pid(): number | undefined {
    return this.worker.pid;
  }

  /** What onnxruntime says about the model. */
  get model(): LoadedModelFacts {
    if (!this.facts) throw new Error('a host is handed out only after it has loaded');
    return this.facts;
  }

  get isAlive(): boolean {
    return this.exit === undefined && this.leaving === undefined;
  }

  /** Runs in the child or waiting for it. */
  get pendingRuns(): number {
    return this.queue.length;
  }

  /**
   * One inference. `Uint8Array`: 8-bit samples in HWC order, as `decodeImage` makes them, normalised in the child.
   * `Float32Array`: the tensor itself. The buffer must stay as it is until the promise settles.
   *
   * @throws InferenceError `input-mismatch` (wrong length), `overloaded`, `too-slow`, `run-failed`, `worker-crashed`,
   * `worker-hung` or `stopped`. Exactly one outcome, whatever happens.
   */
  run(data: Uint8Array | Float32Array, { deadlineMs }: RunOptions = {}): Promise<RunOutcome> {
    return new Promise((resolve, reject) => {
      const gone = this.exit ?? this.leaving;
      if (gone) {
        reject(new InferenceError(gone.code, gone.detail));
        return;
      }
      const isTensor = data instanceof Float32Array;
      const wanted = inputLength(this.options.input);
      if (data.length !== wanted || (!isTensor && !isImageInput(this.options.input))) {
        const what = isTensor ? 'values' : 'samples';
        reject(
          new InferenceError('input-mismatch', `${data.length} ${what} given, the model takes ${wanted}`),
        );
        return;
      }
      const body = isTensor ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : data;
      const kind = isTensor ? FRAME.runTensor : FRAME.runPixels;
      this.queue.add({ id: this.takeId(), kind, body, resolve, reject }, deadlineMs);
    });
  }

  /** Resident memory of the child in MiB, asked of the child after the run that it is in; zeros when it is gone. */
  async memory(): Promise<WorkerMemory> {
    return this.isAlive ? this.ping() : NO_MEMORY;
  }

  async rssMb(): Promise<number> {
    return (await this.memory()).rssMb;
  }

  /** Calls back once when the child is gone, also when that was long ago. Returns how to leave. */
  onExit(listener: (exit: HostExit) => void): () => void {
    const { exit } = this;
    if (exit) queueMicrotask(() => listener(exit));
    else this.exitListeners.add(listener);
    return () => this.exitListeners.delete(listener);
  }

  /** Ends the child and waits for its end. Runs that have no answer yet end with `stopped`. */
  async stop(): Promise<void> {
    if (this.exit) return;
    const gone = new Promise<void>((resolve) => this.onExit(() => resolve()));
    const isBusy = !this.queue.isIdle;
    this.leaving ??= { code: 'stopped', detail: 'the model was unloaded' };
    this.queue.failAll('stopped', this.leaving.detail);
    this.watchdog.disarm();
    // Nobody waits for what a busy child works on, and it holds nothing that a kill could break.
    if (isBusy) this.worker.kill();
    else this.worker.close();
    const impatience = setTimeout(() => this.worker.kill(), STOP_GRACE_MS);
    await gone;
    clearTimeout(impatience);
  }

  private load(): Promise<LoadedModelFacts> {
    const { modelPath, input, outputs, intraOpNumThreads, executionProvider, nice, loadTimeoutMs } =
      this.options;
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(
        () => this.killHung(`the model was not loaded within ${loadTimeoutMs} ms`),
        loadTimeoutMs,
      );
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timeout);
          this.loading = undefined;
          settle(value);
        };
      this.loading = { resolve: settled(resolve), reject: settled(reject) };
      const request: LoadRequest = {
        ...{ modelPath, input, outputs, intraOpNumThreads, executionProvider, nice },
      };
      this.worker.send(FRAME.load, 0, Buffer.from(JSON.stringify(request)));
    });
  }

  private receive(kind: number, id: number, body: Uint8Array): void {
    switch (kind) {
      case FRAME.result:
        this.settle(id, this.outcomeOf(body));
        break;
      case FRAME.runFailed:
        this.settle(id, errorOf(body));
        break;
      case FRAME.pong:
        if (this.queue.isIdle) this.watchdog.disarm();
        this.pings.get(id)?.(parse<WorkerMemory>(body));
        this.pings.delete(id);
        break;
      case FRAME.loaded:
        this.loading?.resolve(parse<LoadedModelFacts>(body));
        break;
      case FRAME.loadFailed:
        this.leaving = { code: 'stopped', detail: 'the model could not be loaded' };
        this.loading?.reject(errorOf(body));
        this.worker.kill();
        break;
      default:
        this.worker.kill();
    }
  }

  private outcomeOf(body: Uint8Array): RunOutcome {
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    return { tensors: readTensors(body, 8, this.options.outputs), runMs: view.getFloat64(0, true) };
  }

  private settle(id: number, outcome: RunOutcome | InferenceError): void {
    this.watchdog.disarm();
    if (!this.queue.settle(id, outcome) && this.isAlive) this.worker.kill();
    // A ping that waited for this run is now what the child owes an answer to.
    if (this.queue.isIdle && this.pings.size > 0) this.watchdog.arm();
  }

  private ping(): Promise<WorkerMemory> {
    return new Promise((resolve) => {
      const id = this.takeId();
      this.pings.set(id, resolve);
      if (this.queue.isIdle) this.watchdog.arm();
      this.worker.send(FRAME.ping, id, new Uint8Array(0));
    });
  }

  private watchMemory(maxMb: number | undefined): () => void {
    const { pid } = this.worker;
    if (maxMb === undefined || pid === undefined) return () => undefined;
    const look = (): Promise<number | undefined> => processMemoryMb(pid);
    const onOver = (usedMb: number): void => {
      const detail = `the inference process took ${Math.round(usedMb)} MB, at most ${maxMb} MB are allowed`;
      this.leaving ??= { code: 'memory-budget', detail };
      this.worker.kill();
    };
    return watchUse(look, maxMb, onOver, LOOK_AT_MEMORY_MS);
  }

  private abandon(): void {
    this.leaving ??= { code: 'stopped', detail: 'loading the model was given up' };
    this.worker.kill();
  }

  private killHung(detail: string): void {
    this.leaving ??= { code: 'worker-hung', detail };
    this.worker.kill();
  }

  private end(end: WorkerEnd): void {
    const exit = this.leaving ?? { code: 'worker-crashed', detail: describe(end) };
    this.exit = exit;
    clearInterval(this.heartbeat);
    this.unwatchMemory();
    this.watchdog.disarm();
    this.loading?.reject(new InferenceError(exit.code, exit.detail));
    this.queue.failAll(exit.code, exit.detail);
    for (const resolve of this.pings.values()) resolve(NO_MEMORY);
    this.pings.clear();
    for (const listener of this.exitListeners) listener(exit);
    this.exitListeners.clear();
  }

  private takeId(): number {
    const id = this.nextId;
    this.nextId = id === 0xffff_ffff ? 1 : id + 1;
    return id;
  }
}

const parse = <T>(body: Uint8Array): T => JSON.parse(Buffer.from(body).toString('utf8')) as T;

function errorOf(body: Uint8Array): InferenceError {
  const { code, detail } = parse<WorkerFault>(body);
  return new InferenceError(code, detail);
}

function describe({ exitCode, signal, stderr }: WorkerEnd): string {
  const how = signal ? `was killed by ${signal}` : `ended with code ${exitCode ?? 'unknown'}`;
  return `the inference process ${how}${stderr ? `: ${stderr.slice(-300)}` : ''}`;
}
