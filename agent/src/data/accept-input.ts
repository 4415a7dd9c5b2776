import { err, ok, type BundleInput, type Result } from '@hamon/contracts';
import { InferenceError, type ImageDecoder } from '@hamon/inference';
import { areFinite } from '@hamon/tasks';
import { DecodedFrame, sizeOf, tensorLength, type FrameInput } from './decoded-frame.js';
import type { Frame, FrameFailure, INPUT_FAULTS } from './frame.js';

export interface InputRefusal extends FrameFailure {
  readonly code: keyof typeof INPUT_FAULTS;
}

export interface AcceptedInput {
  readonly decoded: DecodedFrame;
  readonly input: FrameInput;
}

/** A frame is accepted once its input is known to suit the model; one that does not is its sender's fault, not a lost frame. */
export async function acceptInput(
  frame: Frame,
  spec: BundleInput,
  decoder: ImageDecoder,
): Promise<Result<AcceptedInput, InputRefusal>> {
  const decoded = new DecodedFrame(frame, spec, decoder);
  if (frame.kind === 'tensor') {
    const { data } = frame;
    const wanted = tensorLength(spec);
    if (data.length !== wanted) {
      return refuse('input-mismatch', `tensor: has ${data.length} values, the model takes ${wanted}`);
    }
    // The answer would be NaN, and count against the version.
    if (!areFinite(data)) return refuse('input-mismatch', 'tensor: every value must be finite');
    return ok({ decoded, input: { data, frame: sizeOf(spec) } });
  }
  try {
    const input = await decoded.inputFor(spec);
    if (!input) throw new Error('an image has every form');
    return ok({ decoded, input });
  } catch (cause) {
    if (cause instanceof InferenceError) return refuse('undecodable', `image: ${cause.message}`);
    throw cause;
  }
}

const refuse = (code: InputRefusal['code'], detail: string): Result<AcceptedInput, InputRefusal> =>
  err({ code, detail });
