import type { BundleInput } from '@hamon/contracts';
import { tensorForm, type ImageDecoder } from '@hamon/inference';
import type { Frame } from './frame.js';

/** A frame's input for a model, decoded once per distinct form however many models look at it. */
export class DecodedFrame {
  private readonly frame: Frame;
  private readonly answering: BundleInput;
  private readonly decoder: ImageDecoder;
  private readonly decodings = new Map<string, Promise<Uint8Array>>();

  /** @param answering - the input that a tensor frame was made for. */
  constructor(frame: Frame, answering: BundleInput, decoder: ImageDecoder) {
    this.frame = frame;
    this.answering = answering;
    this.decoder = decoder;
  }

  /** As it came, without what it was decoded to. */
  get lengthBytes(): number {
    return this.frame.kind === 'image' ? this.frame.bytes.byteLength : 0;
  }

  /** Undefined where a tensor was made for another form of input than this. Rejects where an image does not decode. */
  inputFor(input: BundleInput): Promise<Uint8Array | Float32Array | undefined> {
    const frame = this.frame;
    if (frame.kind === 'tensor') {
      const isSameForm = input === this.answering || tensorForm(input) === tensorForm(this.answering);
      return Promise.resolve(isSameForm ? frame.data : undefined);
    }
    return this.pixels(input);
  }

  /** 8-bit samples in HWC order; rejects with an `InferenceError` where the frame is no image that decodes. */
  pixels(input: BundleInput): Promise<Uint8Array> {
    if (this.frame.kind !== 'image') throw new Error('a tensor has no pixels');
    const form = `${input.width}x${input.height}x${input.channels} ${input.resize}`;
    const known = this.decodings.get(form);
    if (known) return known;
    const decoding = this.decoder.decode(this.frame.bytes, input);
    this.decodings.set(form, decoding);
    return decoding;
  }
}

/** Values in a tensor to the model's `[1, …]` input. */
export const tensorLength = ({ width, height, channels }: BundleInput): number => width * height * channels;
