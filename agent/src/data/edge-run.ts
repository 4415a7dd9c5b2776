import type { AnswerOf, FrameSize, Result } from '@hamon/contracts';
import { InferenceError, type InferenceErrorCode } from '@hamon/inference';
import type { DecodeFault } from '@hamon/tasks';
import type { FrameInput } from './decoded-frame.js';
import { keepHeatMap } from './heat-maps.js';
import type { LoadedModel } from './loaded-model.js';

export interface EdgeAnswer {
  readonly output: AnswerOf;
  /** Of the frame as it came. */
  readonly frame: FrameSize;
  /** From 0 to 1; null where the task has no such figure. */
  readonly confidence: number | null;
  /** The child's round trip and the decoding of its outputs; that of the image is not in it. */
  readonly latencyMs: number;
}

export interface EdgeFailure {
  readonly code: 'worker-down' | 'not-finite' | 'run-failed';
  readonly detail: string;
}

export type EdgeOutcome = Result<EdgeAnswer, EdgeFailure>;

/** One run in the version's child. Never rejects: every operational fault of the child is an outcome of the frame. */
export async function edgeRun(model: LoadedModel, { data, frame }: FrameInput): Promise<EdgeOutcome> {
  if (!model.host) return failure('worker-down', 'the child process is not running');
  const started = performance.now();
  try {
    const { tensors } = await model.host.run(data);
    const answer = model.decode(tensors, frame);
    if (!answer.ok) return failure(FAULTS[answer.error.code], answer.error.detail);
    const latencyMs = performance.now() - started;
    const { task, output, bundle } = model;
    const confidence = task.confidence(answer.value);
    if (task.heatMap) {
      keepHeatMap(answer.value, () => task.heatMap?.(output, bundle.input, tensors, frame) ?? null);
    }
    return { ok: true, value: { output: answer.value, frame, confidence, latencyMs } };
  } catch (cause) {
    if (!(cause instanceof InferenceError)) throw cause;
    return failure(FAILURES[cause.code], cause.message);
  }
}

const FAULTS: Record<DecodeFault['code'], EdgeFailure['code']> = {
  'output-not-finite': 'not-finite',
  'labels-mismatch': 'run-failed',
};

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
  'provider-unavailable': 'run-failed',
};

const failure = (code: EdgeFailure['code'], detail: string): EdgeOutcome => ({
  ok: false,
  error: { code, detail },
});
