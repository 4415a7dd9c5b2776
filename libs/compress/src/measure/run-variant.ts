import type { BundleDocument } from '@hamon/contracts';
import { InferenceError, InferenceHost, openModel, type ModelPorts } from '@hamon/inference';
import type { Tensors } from '@hamon/tasks';
import { CompressError } from '../errors.js';
import type { SampleSource } from '../dataset/sample-source.js';

/** What is fed to a variant and read from it, as on a device. */
export interface ServedModel {
  readonly ports: ModelPorts;
  /** What says it; absent for an ONNX file alone. */
  readonly document?: BundleDocument;
}

export interface VariantRun {
  /** From the start of loading to the ready session, in the child. */
  readonly loadMs: number;
  /** Highest resident memory of the child, in MiB. */
  readonly peakRssMb: number;
}

/** Samples to be run, and who is given the outputs of each, in order and one at a time. */
export interface SampleTask {
  readonly source: SampleSource;
  readonly take: (index: number, outputs: Tensors) => Promise<void>;
}

const HANG_MS = 120_000;
/** One in the child, one on its way: more would only take memory. */
const IN_FLIGHT = 2;

/**
 * Runs a variant over sets of samples in the inference process that a device would run it in, and alone in it, so that
 * memory and load time are its own.
 * @throws CompressError `model-unloadable`, `labels-mismatch` where the outputs are not what the bundle says, `run-failed`,
 * `worker-crashed`, `worker-hung` or `cancelled`, naming the file
 */
export async function runVariant(
  name: string,
  modelPath: string,
  { ports, document }: ServedModel,
  sets: readonly SampleTask[],
  signal?: AbortSignal,
): Promise<VariantRun> {
  let host: InferenceHost | undefined;
  const stop = (): void => void host?.stop();
  const options = {
    modelPath,
    intraOpNumThreads: 1,
    hangMs: HANG_MS,
    loadTimeoutMs: HANG_MS,
    ...(signal === undefined ? {} : { signal }),
  };
  try {
    host =
      document === undefined
        ? await InferenceHost.start({ ...options, ...ports })
        : await openModel(document, options);
    signal?.addEventListener('abort', stop);
    for (const set of sets) await answer(host, set);
    const { peakRssMb } = await host.memory();
    return { loadMs: host.model.loadMs, peakRssMb };
  } catch (cause) {
    throw signal?.aborted === true
      ? new CompressError('cancelled', 'the work was cancelled', { cause })
      : faultOf(name, cause);
  } finally {
    signal?.removeEventListener('abort', stop);
    await host?.stop();
  }
}

async function answer(host: InferenceHost, { source, take }: SampleTask): Promise<void> {
  const running: Promise<Tensors>[] = [];
  const start = async (index: number): Promise<Tensors> =>
    (await host.run(await source.batch(index))).tensors;
  let next = 0;
  try {
    for (let index = 0; index < source.count; index += 1) {
      for (; next < source.count && running.length < IN_FLIGHT; next += 1) running.push(start(next));
      const first = running.shift();
      if (first !== undefined) await take(index, await first);
    }
  } finally {
    // A failure of one must not leave the rejection of another unhandled.
    await Promise.allSettled(running);
  }
}

const CODES: Readonly<Record<InferenceError['code'], CompressError['code']>> = {
  'model-unloadable': 'model-unloadable',
  'labels-mismatch': 'labels-mismatch',
  'worker-crashed': 'worker-crashed',
  'worker-hung': 'worker-hung',
  stopped: 'cancelled',
  'bundle-invalid': 'run-failed',
  'input-mismatch': 'run-failed',
  'golden-mismatch': 'run-failed',
  'output-not-finite': 'run-failed',
  'latency-budget': 'run-failed',
  'memory-budget': 'run-failed',
  'image-invalid': 'run-failed',
  'run-failed': 'run-failed',
  overloaded: 'run-failed',
  'too-slow': 'run-failed',
  'provider-unavailable': 'run-failed',
};

function faultOf(name: string, cause: unknown): unknown {
  if (!(cause instanceof InferenceError)) return cause;
  return new CompressError(CODES[cause.code], `variant ${name}: ${cause.message}`, { cause });
}
