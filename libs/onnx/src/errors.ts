/** What can be wrong with a model; every code is a refusal, none leaves a half-made model behind. */
export type OnnxErrorCode =
  | 'not-onnx'
  | 'truncated'
  | 'malformed'
  | 'too-large'
  | 'invalid-graph'
  | 'invalid-tensor'
  | 'invalid-attribute'
  | 'unsupported-operator'
  | 'unsupported-type'
  | 'unsupported-version'
  | 'dynamic-shape'
  | 'external-data-missing'
  | 'external-data-outside'
  | 'external-data-invalid';

/** The one error of this library; the message names what is wrong and where in the model. */
export class OnnxError extends Error {
  override readonly name = 'OnnxError';

  constructor(
    readonly code: OnnxErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
