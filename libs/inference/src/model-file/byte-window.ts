import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const WINDOW_BYTES = 64 * 1024;

/** A file read from any place, a window at a time: what is jumped over is never read, however long the file is. */
export class ByteWindow {
  readonly lengthBytes: number;
  private readonly fd: number;
  private readonly window = Buffer.allocUnsafe(WINDOW_BYTES);
  private start = 0;
  private filled = 0;

  constructor(path: string) {
    this.fd = openSync(path, 'r');
    this.lengthBytes = fstatSync(this.fd).size;
  }

  /** Undefined behind the end. */
  byteAt(at: number): number | undefined {
    if (at < this.start || at >= this.start + this.filled) {
      this.start = at;
      this.filled = readSync(this.fd, this.window, 0, WINDOW_BYTES, at);
    }
    return at < this.start + this.filled ? this.window[at - this.start] : undefined;
  }

  bytes(from: number, to: number): Buffer {
    const copied = Buffer.alloc(to - from);
    const read = readSync(this.fd, copied, 0, copied.length, from);
    return copied.subarray(0, read);
  }

  close(): void {
    closeSync(this.fd);
  }
}
