import { err, ok, type BundleInput, type Result } from '@hamon/contracts';
import { InferenceError, type ImageDecoder } from '@hamon/inference';
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

/**
 * NaN and infinity of any value show in the sum, which float32 values cannot overflow in float64. Four sums, because each
 * addition waits for the one before it.
 */
function areFinite(values: Float32Array): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i] as number;
    b += values[i + 1] as number;
    c += values[i + 2] as number;
    d += values[i + 3] as number;
  }
  for (let i = whole; i < values.length; i += 1) a += values[i] as number;
  return Number.isFinite(a + b + c + d);
}

const refuse = (code: InputRefusal['code'], detail: string): Result<AcceptedInput, InputRefusal> =>
  err({ code, detail });
