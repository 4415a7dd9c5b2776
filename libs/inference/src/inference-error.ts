import type { DeploymentReason } from '@hamon/contracts';

/** The deployment reasons that this lib can find: what is wrong with a bundle, a model or its child process. */
export type ModelFault = Extract<
  DeploymentReason,
  | 'bundle-invalid'
  | 'model-unloadable'
  | 'input-mismatch'
  | 'labels-mismatch'
  | 'golden-mismatch'
  | 'output-not-finite'
  | 'latency-budget'
  | 'memory-budget'
  | 'worker-crashed'
  | 'worker-hung'
>;

/**
 * - `image-invalid`: not a PNG or JPEG, broken, or larger than the limits.
 * - `run-failed`: onnxruntime refused this run; the child lives on.
 * - `overloaded`: as many runs wait as may; nothing was sent.
 * - `too-slow`: the run's own deadline passed; the child lives on.
 * - `stopped`: the host was stopped, or was asked to run after its end.
 * - `provider-unavailable`: this build of onnxruntime has no such execution provider; says nothing of the model.
 */
export type InferenceErrorCode =
  | ModelFault
  | 'image-invalid'
  | 'run-failed'
  | 'overloaded'
  | 'too-slow'
  | 'stopped'
  | 'provider-unavailable';

/** The one class of this lib's operational faults; act on `code`, show `message`. */
export class InferenceError extends Error {
  override readonly name = 'InferenceError';

  constructor(
    readonly code: InferenceErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
