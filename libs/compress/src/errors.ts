/**
 * What can go wrong while compressing; each but `result-refused` is a refusal with nothing half-made left behind.
 * - `source-invalid`: the bundle folder or file to begin with cannot be read, or is no model.
 * - `model-unloadable`: onnxruntime refuses the model; the message names operator or tensor.
 * - `model-unsupported`: the model is sound, but this work cannot be done on it (operator set, operator, element type).
 * - `already-quantized`: the model holds integer layers already; hand in the float model.
 * - `dynamic-shape`: a length other than the batch's is unknown and nothing says what it is.
 * - `weights-not-finite`: a weight is NaN or infinite.
 * - `run-failed`, `worker-crashed`, `worker-hung`: the child process around onnxruntime.
 * - `dataset-empty`, `dataset-invalid`: a folder of images or tensors, named with the offending file.
 * - `labels-mismatch`: a class folder is no label of the model, or labels are missing where they are needed.
 * - `result-refused`: the finished variants make no valid bundle (golden samples fail, answers are no probabilities); models
 *   and report are left, without `bundle.json`.
 * - `option-invalid`: names the option and the rule.
 * - `cancelled`: the caller's signal.
 */
export type CompressErrorCode =
  | 'source-invalid'
  | 'model-unloadable'
  | 'model-unsupported'
  | 'already-quantized'
  | 'dynamic-shape'
  | 'weights-not-finite'
  | 'run-failed'
  | 'worker-crashed'
  | 'worker-hung'
  | 'dataset-empty'
  | 'dataset-invalid'
  | 'labels-mismatch'
  | 'result-refused'
  | 'option-invalid'
  | 'cancelled';

/** The one class of this lib's operational faults, beside OnnxError for models that cannot be read. */
export class CompressError extends Error {
  override readonly name = 'CompressError';

  constructor(
    readonly code: CompressErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
