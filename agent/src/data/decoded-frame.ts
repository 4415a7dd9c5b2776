import type { BundleInput, FrameSize } from '@hamon/contracts';
import { fitPixels, tensorForm, type ImageDecoder } from '@hamon/inference';
import type { Frame, ImageFrame, PixelFrame } from './frame.js';

/** A frame as a model takes it. */
export interface FrameInput {
  /** 8-bit samples in HWC order, or a tensor. */
  readonly data: Uint8Array | Float32Array;
  /** Of the frame as it came, upright; a tensor's is that of the input. */
  readonly frame: FrameSize;
}

/** A frame's input for a model, decoded once per distinct form however many models look at it. */
export class DecodedFrame {
  private readonly frame: Frame;
  private readonly answering: BundleInput;
  private readonly decoder: ImageDecoder;
  private readonly decodings = new Map<string, Promise<FrameInput>>();

  /** @param answering - the input that a tensor frame was made for. */
  constructor(frame: Frame, answering: BundleInput, decoder: ImageDecoder) {
    this.frame = frame;
    this.answering = answering;
    this.decoder = decoder;
  }

  /** As it came, without what it was decoded to. */
  get lengthBytes(): number {
    const { frame } = this;
    if (frame.kind === 'image') return frame.bytes.byteLength;
    return frame.kind === 'pixels' ? frame.pixels.data.byteLength : 0;
  }

  /**
   * Undefined where a tensor was made for another form of input than this. Rejects with an `InferenceError` where an image
   * does not decode.
   */
  inputFor(input: BundleInput): Promise<FrameInput | undefined> {
    const { frame, answering } = this;
    if (frame.kind !== 'tensor') return this.decoded(frame, input);
    const isSameForm = input === answering || tensorForm(input) === tensorForm(answering);
    return Promise.resolve(isSameForm ? { data: frame.data, frame: sizeOf(input) } : undefined);
  }

  private decoded(frame: ImageFrame | PixelFrame, input: BundleInput): Promise<FrameInput> {
    const form = pixelForm(input);
    const known = this.decodings.get(form);
    if (known) return known;
    const decoding = this.decode(frame, input);
    this.decodings.set(form, decoding);
    return decoding;
  }

  private async decode(frame: ImageFrame | PixelFrame, input: BundleInput): Promise<FrameInput> {
    const { region } = frame;
    const { pixels, frame: size } = await (frame.kind === 'image'
      ? this.decoder.decode(frame.bytes, input, region)
      : fitPixels(frame.pixels, input, region));
    return { data: pixels, frame: size };
  }
}

/** Everything of an input that an image's samples depend on. */
const pixelForm = ({ width, height, channels, resize, pad = 0 }: BundleInput): string =>
  `${width}x${height}x${channels} ${resize} ${pad}`;

export const sizeOf = ({ width, height }: BundleInput): FrameSize => ({ width, height });

/** Values in a tensor to the model's `[1, …]` input. */
export const tensorLength = ({ width, height, channels }: BundleInput): number => width * height * channels;
