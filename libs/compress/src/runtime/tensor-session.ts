import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { WorkerProcess, type TensorFacts, type WorkerEnd, type WorkerMemory } from '@hamon/inference';
import { writeModel, type OnnxModel } from '@hamon/onnx';
import { CompressError } from '../errors.js';
import { packMessage, unpackMessage } from './message.js';
import {
  MAX_FRAME_BYTES,
  TENSOR_FRAME,
  type FaultHead,
  type LoadHead,
  type LoadedHead,
  type ResultHead,
  type RunHead,
} from './protocol.js';
import { sizeOf, type TensorFeed, type TensorValue } from './tensor-value.js';

export interface TensorSessionOptions {
  /** Threads of one run; all cores if left out. The results do not depend on it. */
  readonly threads?: number;
  /** onnxruntime's graph optimizations, fusing of quantized layers among them; on if left out. */
  readonly optimize?: boolean;
  /** Where onnxruntime shall write the model as it optimized it for this machine. */
  readonly optimizedModelPath?: string;
  /** A load or run without an answer for so long means a hang: the child is killed. 120 s if left out. */
  readonly hangMs?: number;
  /** Ends the child whenever it is aborted; what is under way ends with `cancelled`. */
  readonly signal?: AbortSignal | undefined;
}

interface Pending {
  readonly answer: (kind: number, body: Uint8Array) => void;
  readonly reject: (error: CompressError) => void;
}

const WORKER = createRequire(import.meta.url).resolve('@hamon/compress/tensor-worker');
const HANG_MS = 120_000;

/**
 * One model in a child process: named tensors in, named tensors out. Runs are answered one after the other in the order
 * of the calls. Close it when done; it is never reloaded, because onnxruntime-node leaks on release.
 */
export class TensorSession {
  private readonly worker: WorkerProcess;
  private readonly pending = new Map<number, Pending>();
  private readonly abort = (): void => this.leave(new CompressError('cancelled', 'the work was cancelled'));
  private watchdog: NodeJS.Timeout | undefined;
  private nextId = 1;
  private gone: CompressError | undefined;
  private readonly ended: Promise<void>;
  private facts: LoadedHead = { inputs: [], outputs: [] };
  private lastMemory: WorkerMemory = { rssMb: 0, peakRssMb: 0 };

  private constructor(private readonly options: TensorSessionOptions) {
    let settle = (): void => undefined;
    this.ended = new Promise((resolve) => (settle = resolve));
    this.worker = new WorkerProcess(
      {
        onFrame: (kind, id, body) => this.receive(kind, id, body),
        onEnd: (end) => {
          this.leave(new CompressError('worker-crashed', describe(end)));
          settle();
        },
      },
      { program: WORKER, maxAnswerBytes: MAX_FRAME_BYTES },
    );
  }

  /**
   * Loads a model: a file's path, its bytes, or the model itself, which is written then.
   * @throws CompressError `model-unloadable` with onnxruntime's words, `worker-crashed`, `worker-hung`, `cancelled`
   */
  static async open(
    model: string | Uint8Array | OnnxModel,
    options: TensorSessionOptions = {},
  ): Promise<TensorSession> {
    const { signal, threads = availableParallelism(), optimize = true, optimizedModelPath } = options;
    if (signal?.aborted) throw new CompressError('cancelled', 'the work was cancelled');
    const session = new TensorSession(options);
    signal?.addEventListener('abort', session.abort);
    const head: LoadHead = {
      threads,
      optimize,
      ...(typeof model === 'string' ? { modelPath: model } : {}),
      ...(optimizedModelPath === undefined ? {} : { optimizedModelPath }),
    };
    const bytes = typeof model === 'string' ? [] : [model instanceof Uint8Array ? model : writeModel(model)];
    try {
      const body = await session.ask(TENSOR_FRAME.load, packMessage(head, bytes), 'model-unloadable');
      session.facts = unpackMessage<LoadedHead>(body).head;
      return session;
    } catch (cause) {
      await session.close();
      throw cause;
    }
  }

  get inputs(): readonly TensorFacts[] {
    return this.facts.inputs;
  }

  get outputs(): readonly TensorFacts[] {
    return this.facts.outputs;
  }

  /** The child's memory after its last run, in MiB. */
  get memory(): WorkerMemory {
    return this.lastMemory;
  }

  /**
   * One run. The arrays of the result are the caller's.
   * @param fetches names of outputs; all if left out
   * @throws CompressError `run-failed`, `worker-crashed`, `worker-hung` or `cancelled`
   */
  async run(
    feeds: Readonly<Record<string, TensorFeed>>,
    fetches: readonly string[] = this.outputs.map(({ name }) => name),
  ): Promise<Readonly<Record<string, TensorValue>>> {
    const entries = Object.entries(feeds);
    const head: RunHead = {
      feeds: entries.map(([name, { type = 'float32', dims }]) => ({ name, type, dims })),
      fetches,
    };
    for (const [name, { dims, data }] of entries)
      if (data.length !== sizeOf(dims))
        throw new RangeError(`feed "${name}" [${dims.join(',')}] has ${data.length} values`);
    const blobs = entries.map(
      ([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    );
    const body = await this.ask(TENSOR_FRAME.run, packMessage(head, blobs), 'run-failed');
    const result = unpackMessage<ResultHead>(body);
    this.lastMemory = result.head.memory;
    const values = result.head.tensors.map(({ name, dims }, index): [string, TensorValue] => {
      const blob = result.blobs[index] ?? new Uint8Array(0);
      const data = new Float32Array(blob.buffer, blob.byteOffset, blob.byteLength / 4);
      return [name, { dims, data }];
    });
    return Object.fromEntries(values);
  }

  /** Ends the child and waits for its end. */
  async close(): Promise<void> {
    this.leave(new CompressError('cancelled', 'the session was closed'));
    await this.ended;
  }

  private ask(kind: number, body: Uint8Array, fault: 'model-unloadable' | 'run-failed'): Promise<Uint8Array> {
    if (this.gone !== undefined) return Promise.reject(this.gone);
    const id = this.nextId;
    this.nextId += 1;
    return new Promise((resolve, reject) => {
      this.pending.set(id, {
        answer: (answerKind, answer) => {
          if (answerKind !== TENSOR_FRAME.failed) resolve(answer);
          else reject(new CompressError(fault, unpackMessage<FaultHead>(answer).head.detail));
        },
        reject,
      });
      this.watch();
      this.worker.send(kind, id, body);
    });
  }

  private receive(kind: number, id: number, body: Uint8Array): void {
    const asked = this.pending.get(id);
    this.pending.delete(id);
    this.watch();
    asked?.answer(kind, body);
  }

  /** The clock starts anew with each answer, for the run that the child is in now. */
  private watch(): void {
    clearTimeout(this.watchdog);
    if (this.pending.size === 0) return;
    const { hangMs = HANG_MS } = this.options;
    this.watchdog = setTimeout(
      () => this.leave(new CompressError('worker-hung', `no answer from onnxruntime for ${hangMs} ms`)),
      hangMs,
    );
  }

  private leave(reason: CompressError): void {
    if (this.gone !== undefined) return;
    this.gone = reason;
    clearTimeout(this.watchdog);
    this.options.signal?.removeEventListener('abort', this.abort);
    // It holds nothing that a kill could break, and a run that nobody waits for need not be finished.
    this.worker.kill();
    for (const { reject } of this.pending.values()) reject(reason);
    this.pending.clear();
  }
}

function describe({ exitCode, signal, stderr }: WorkerEnd): string {
  const how = signal === null ? `ended with code ${exitCode ?? 'unknown'}` : `was killed by ${signal}`;
  return `the process around onnxruntime ${how}${stderr === '' ? '' : `: ${stderr.slice(-300)}`}`;
}
