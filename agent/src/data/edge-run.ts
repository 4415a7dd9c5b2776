import type { ClassificationOutput, Result } from '@hamon/contracts';
import { classify, InferenceError, topIndex, type InferenceErrorCode } from '@hamon/inference';
import type { LoadedModel } from './loaded-model.js';

export interface EdgeAnswer {
  readonly output: ClassificationOutput;
  /** Index of `output.label` in the bundle's labels. */
  readonly labelIndex: number;
  /** The child's round trip, decoding excluded. */
  readonly latencyMs: number;
}

export interface EdgeFailure {
  readonly code: 'worker-down' | 'not-finite' | 'run-failed';
  readonly detail: string;
}

export type EdgeOutcome = Result<EdgeAnswer, EdgeFailure>;

/** One run in the version's child. Never rejects: every operational fault of the child is an outcome of the frame. */
export async function edgeRun(model: LoadedModel, input: Uint8Array | Float32Array): Promise<EdgeOutcome> {
  if (!model.host) return failure('worker-down', 'the child process is not running');
  const started = performance.now();
  try {
    const { probabilities } = await model.host.run(input);
    const latencyMs = performance.now() - started;
    const { labels } = model.bundle.output;
    const output = classify(probabilities, labels);
    return { ok: true, value: { output, labelIndex: topIndex(probabilities), latencyMs } };
  } catch (cause) {
    if (!(cause instanceof InferenceError)) throw cause;
    return failure(FAILURES[cause.code], cause.message);
  }
}

const FAILURES: Record<InferenceErrorCode, EdgeFailure['code']> = {
  'worker-crashed': 'worker-down',
  'worker-hung': 'worker-down',
  stopped: 'worker-down',
  'output-not-finite': 'not-finite',
  'bundle-invalid': 'run-failed',
  'model-unloadable': 'run-failed',
  'input-mismatch': 'run-failed',
  'labels-mismatch': 'run-failed',
  'golden-mismatch': 'run-failed',
  'latency-budget': 'run-failed',
  'memory-budget': 'run-failed',
  'image-invalid': 'run-failed',
  'run-failed': 'run-failed',
  overloaded: 'run-failed',
  'too-slow': 'run-failed',
};

const failure = (code: EdgeFailure['code'], detail: string): EdgeOutcome => ({
  ok: false,
  error: { code, detail },
});
