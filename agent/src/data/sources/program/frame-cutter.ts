import type { ByteReader } from '../../../adapters/socket-pair.js';
import { pnmHeader, PNM_HEADER_MOST, type PnmHeader } from './pnm-header.js';

export interface FrameForm {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

export interface CutFrame extends FrameForm {
  /** `[height, width, channels]`, in the order in which they were written. */
  readonly pixels: Uint8Array;
}

export interface FrameCutterOptions {
  /** `pnm`: each frame says its size. */
  readonly form: FrameForm | 'pnm';
  readonly maxPixels: number;
  readonly onFrame: (frame: CutFrame) => void;
  /** What comes is no frame; nothing behind it is looked at. */
  readonly onFault: (why: string) => void;
}

const SCRATCH_BYTES = 64 * 1024;
const LEAST_SIDE = 8;

/**
 * Cuts a stream of bytes into frames. Each is read straight into a buffer of its own, its header in front of it; nothing is
 * copied but what was read with the first header.
 */
export class FrameCutter implements ByteReader {
  private readonly scratch = new Uint8Array(SCRATCH_BYTES);
  private form: FrameForm | undefined;
  private header = new Uint8Array(0);
  private buffer: Uint8Array;
  private filled = 0;
  private failed = false;
  private spare: Uint8Array | undefined;

  constructor(private readonly options: FrameCutterOptions) {
    const { form } = options;
    // The least picture is longer than what is read of it together with its header.
    this.buffer = this.scratch.subarray(0, PNM_HEADER_MOST);
    if (form === 'pnm') return;
    this.form = form;
    this.buffer = this.nextBuffer(form);
  }

  /** Bytes of a frame that has begun and is not whole: at the end of the stream they are lost. */
  get pendingBytes(): number {
    return this.failed ? 0 : this.filled;
  }

  room(): Uint8Array {
    return this.failed ? this.scratch : this.buffer.subarray(this.filled);
  }

  fill(length: number): void {
    if (this.failed) return;
    this.filled += length;
    if (!this.form) this.lookForHeader();
    else if (this.filled === this.buffer.length) this.cut(this.form);
  }

  /** A frame that nobody has taken: its buffer is filled again. */
  reuse({ pixels }: Pick<CutFrame, 'pixels'>): void {
    this.spare = new Uint8Array(pixels.buffer);
  }

  private lookForHeader(): void {
    const read = this.scratch.subarray(0, this.filled);
    const header = pnmHeader(read);
    if (header === null) return;
    if (header === undefined) return this.fail('it writes something that is no picture');
    const why = this.refusal(header);
    if (why !== undefined) return this.fail(why);
    const { width, height, channels, lengthBytes } = header;
    this.header = read.slice(0, lengthBytes);
    this.form = { width, height, channels };
    this.buffer = this.nextBuffer(this.form);
    this.buffer.set(read);
  }

  private refusal({ width, height }: PnmHeader): string | undefined {
    const { maxPixels } = this.options;
    if (width < LEAST_SIDE || height < LEAST_SIDE) {
      return `its picture has ${width}×${height} pixels, at least ${LEAST_SIDE}×${LEAST_SIDE} are needed`;
    }
    if (width * height <= maxPixels) return undefined;
    return `its picture has ${width}×${height} pixels, at most ${maxPixels} are taken: set width and height`;
  }

  private cut(form: FrameForm): void {
    const { buffer, header } = this;
    if (header.some((byte, i) => buffer[i] !== byte)) {
      return this.fail('its picture changed its size, or bytes of it were lost');
    }
    this.filled = 0;
    this.options.onFrame({ ...form, pixels: buffer.subarray(header.length) });
    this.buffer = this.nextBuffer(form);
  }

  private nextBuffer({ width, height, channels }: FrameForm): Uint8Array {
    const length = this.header.length + width * height * channels;
    const { spare } = this;
    this.spare = undefined;
    // Of its own: a part of a common slab would keep all of it alive.
    return spare?.length === length ? spare : new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  }

  private fail(why: string): void {
    this.failed = true;
    this.options.onFault(why);
  }
}
