import type { BundleInput, Result } from '@hamon/contracts';
import { InferenceError, type ImageDecoder } from '@hamon/inference';
import { DecodedFrame, tensorLength } from './decoded-frame.js';
import type { Frame, FrameFailure, INPUT_FAULTS } from './frame.js';

export interface InputRefusal extends FrameFailure {
  readonly code: keyof typeof INPUT_FAULTS;
}

export interface AcceptedInput {
  readonly decoded: DecodedFrame;
  readonly input: Uint8Array | Float32Array;
}

/** A frame is accepted once its input is known to suit the model; one that does not is its sender's fault, not a lost frame. */
export async function acceptInput(
  frame: Frame,
  spec: BundleInput,
  decoder: ImageDecoder,
): Promise<Result<AcceptedInput, InputRefusal>> {
  const decoded = new DecodedFrame(frame, spec, decoder);
  if (frame.kind === 'tensor') {
    const wanted = tensorLength(spec);
    if (frame.data.length !== wanted) {
      return refuse('input-mismatch', `tensor: has ${frame.data.length} values, the model takes ${wanted}`);
    }
    // The answer would be NaN, and count against the version.
    if (!frame.data.every(Number.isFinite)) {
      return refuse('input-mismatch', 'tensor: every value must be finite');
    }
    return { ok: true, value: { decoded, input: frame.data } };
  }
  try {
    return { ok: true, value: { decoded, input: await decoded.pixels(spec) } };
  } catch (cause) {
    if (cause instanceof InferenceError) return refuse('undecodable', `image: ${cause.message}`);
    throw cause;
  }
}

const refuse = (code: InputRefusal['code'], detail: string): Result<AcceptedInput, InputRefusal> => ({
  ok: false,
  error: { code, detail },
});
