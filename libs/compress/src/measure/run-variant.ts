import { InferenceError, InferenceHost, type ModelInput } from '@hamon/inference';
import { activate } from '@hamon/tasks';
import { CompressError } from '../errors.js';
import type { AnswerOutput, SampleSource } from '../dataset/sample-source.js';

/** What is fed to a variant and read from it, as on a device. */
export interface ModelPorts {
  readonly input: ModelInput;
  readonly output: AnswerOutput & { readonly labels?: readonly string[] };
}

export interface VariantRun {
  /** Outputs of each set of samples, after the bundle's activation. */
  readonly outputs: readonly (readonly Float32Array[])[];
  /** From the start of loading to the ready session, in the child. */
  readonly loadMs: number;
  /** Highest resident memory of the child, in MiB. */
  readonly peakRssMb: number;
}

const HANG_MS = 120_000;
/** One in the child, one on its way: more would only take memory. */
const IN_FLIGHT = 2;

/**
 * Runs a variant over sets of samples in the inference process that a device would run it in, and alone in it, so that
 * memory and load time are its own.
 * @throws CompressError `model-unloadable`, `run-failed`, `worker-crashed`, `worker-hung` or `cancelled`, naming the file
 */
export async function runVariant(
  name: string,
  modelPath: string,
  { input, output }: ModelPorts,
  sets: readonly SampleSource[],
  signal?: AbortSignal,
): Promise<VariantRun> {
  let host: InferenceHost | undefined;
  const stop = (): void => void host?.stop();
  try {
    host = await InferenceHost.start({
      modelPath,
      input,
      outputs: [output.name],
      intraOpNumThreads: 1,
      hangMs: HANG_MS,
      loadTimeoutMs: HANG_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    signal?.addEventListener('abort', stop);
    const outputs: (readonly Float32Array[])[] = [];
    for (const set of sets) outputs.push(await answersTo(host, output, set));
    const { peakRssMb } = await host.memory();
    return { outputs, loadMs: host.model.loadMs, peakRssMb };
  } catch (cause) {
    throw signal?.aborted === true
      ? new CompressError('cancelled', 'the work was cancelled', { cause })
      : faultOf(name, cause);
  } finally {
    signal?.removeEventListener('abort', stop);
    await host?.stop();
  }
}

async function answersTo(
  host: InferenceHost,
  { name, activation }: AnswerOutput,
  set: SampleSource,
): Promise<readonly Float32Array[]> {
  const answers: Float32Array[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < set.count) {
      const index = next;
      next += 1;
      const { tensors } = await host.run(await set.batch(index));
      const answer = Float32Array.from(tensors.get(name)?.data ?? []);
      activate(answer, activation);
      answers[index] = answer;
    }
  };
  // Both lanes are waited for, so that a failure of one leaves no rejection of the other unhandled.
  const lanes = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, lane));
  const failed = lanes.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return answers;
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
};

function faultOf(name: string, cause: unknown): unknown {
  if (!(cause instanceof InferenceError)) return cause;
  return new CompressError(CODES[cause.code], `variant ${name}: ${cause.message}`, { cause });
}
