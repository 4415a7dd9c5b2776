/**
 * Own framing over one duplex pipe: 12 bytes of header (body length, run id, kind; little endian), then the body. Every
 * body is read into a buffer of its own at offset 0, so that floats in it are aligned.
 */
export const HEADER_BYTES = 12;

export function encodeHeader(kind: number, id: number, bodyBytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  writeHeader(header, kind, id, bodyBytes);
  return header;
}

export function writeHeader(target: Buffer, kind: number, id: number, bodyBytes: number): void {
  target.writeUInt32LE(bodyBytes, 0);
  target.writeUInt32LE(id, 4);
  target.writeUInt32LE(kind, 8);
}

export interface FrameReaderOptions {
  readonly maxBodyBytes: number;
  /** Where a body goes; a reader with one frame in flight may hand out the same buffer again and again. */
  readonly allocate?: (kind: number, bodyBytes: number) => Uint8Array;
  readonly onFrame: (kind: number, id: number, body: Uint8Array) => void;
}

/** Turns the pieces that a stream delivers into whole frames. Throws where a peer announces too long a body. */
export class FrameReader {
  private readonly header = Buffer.alloc(HEADER_BYTES);
  private headerFilled = 0;
  private body: Uint8Array | undefined;
  private bodyFilled = 0;

  constructor(private readonly options: FrameReaderOptions) {}

  push(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.length) {
      at += this.body ? this.fillBody(this.body, piece, at) : this.fillHeader(piece, at);
    }
  }

  private fillHeader(piece: Uint8Array, at: number): number {
    const taken = Math.min(HEADER_BYTES - this.headerFilled, piece.length - at);
    this.header.set(piece.subarray(at, at + taken), this.headerFilled);
    this.headerFilled += taken;
    if (this.headerFilled === HEADER_BYTES) this.openBody();
    return taken;
  }

  private openBody(): void {
    const { maxBodyBytes, allocate } = this.options;
    const bodyBytes = this.header.readUInt32LE(0);
    if (bodyBytes > maxBodyBytes) {
      throw new RangeError(`a frame of ${bodyBytes} bytes exceeds the limit of ${maxBodyBytes}`);
    }
    this.body = allocate?.(this.header.readUInt32LE(8), bodyBytes) ?? new Uint8Array(bodyBytes);
    this.bodyFilled = 0;
    if (bodyBytes === 0) this.close(this.body);
  }

  private fillBody(body: Uint8Array, piece: Uint8Array, at: number): number {
    const taken = Math.min(body.length - this.bodyFilled, piece.length - at);
    body.set(piece.subarray(at, at + taken), this.bodyFilled);
    this.bodyFilled += taken;
    if (this.bodyFilled === body.length) this.close(body);
    return taken;
  }

  private close(body: Uint8Array): void {
    this.body = undefined;
    this.headerFilled = 0;
    this.options.onFrame(this.header.readUInt32LE(8), this.header.readUInt32LE(4), body);
  }
}
