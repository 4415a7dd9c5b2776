import { open, rename, type FileHandle } from 'node:fs/promises';
import type { ResultRecord } from '@hamon/contracts';
import type { TellCondition } from '../../conditions.js';
import type { OnDataEvent } from '../data-events.js';
import { fittedRecord } from './fitted-record.js';
import type { ResultSink } from './result-sink.js';

export interface JsonlSinkOptions {
  readonly path: string;
  /** When the file would exceed this it becomes `<path>.1`, replacing the one before; two files are kept. */
  readonly maxBytes: number;
  readonly onEvent: OnDataEvent;
  readonly tellCondition: TellCondition;
}

/** Lines waiting for the disk at most; a disk that is slower than the frames costs records, not memory. */
const MAX_WAITING = 1000;
const MAX_WAITING_CHARACTERS = 16 * 1024 ** 2;
/** After a failure the disk is left alone for so long; records that come meanwhile are dropped. */
const REST_MS = 1000;

/** One JSON document a line. A full or broken disk costs records, which are counted, and never a frame. */
export class JsonlSink implements ResultSink {
  readonly name = 'jsonl';
  private readonly options: JsonlSinkOptions;
  private waiting: string[] = [];
  private waitingCharacters = 0;
  private flushing: Promise<void> | undefined;
  private file: { readonly handle: FileHandle; bytes: number } | undefined;
  private droppedLines = 0;
  private shortenedLines = 0;
  private restsUntil = 0;
  /** Told once per trouble, not per record. */
  private isInTrouble = false;

  constructor(options: JsonlSinkOptions) {
    this.options = options;
  }

  get dropped(): number {
    return this.droppedLines;
  }

  get shortened(): number {
    return this.shortenedLines;
  }

  write(record: ResultRecord): void {
    const isFull = this.waiting.length >= MAX_WAITING || this.waitingCharacters >= MAX_WAITING_CHARACTERS;
    if (isFull || performance.now() < this.restsUntil) {
      this.droppedLines += 1;
      return;
    }
    const { text, isShortened } = fittedRecord(record, this.options.maxBytes - 1);
    if (isShortened) this.shortenedLines += 1;
    this.waiting.push(`${text}\n`);
    this.waitingCharacters += text.length + 1;
    this.flushing ??= this.flush();
  }

  async kept(): Promise<void> {
    await this.flushing;
  }

  async close(): Promise<void> {
    await this.flushing;
    await this.file?.handle.close();
    this.file = undefined;
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      const lines = this.taken();
      try {
        await this.append(Buffer.from(lines.join('')));
        if (this.isInTrouble) this.options.tellCondition('results-dropped', null);
        this.isInTrouble = false;
      } catch (cause) {
        this.droppedLines += lines.length + this.taken().length;
        await this.rest(cause as Error);
      }
    }
    this.flushing = undefined;
  }

  private taken(): string[] {
    this.waitingCharacters = 0;
    return this.waiting.splice(0);
  }

  private async append(bytes: Buffer): Promise<void> {
    let file = await this.opened();
    if (file.bytes > 0 && file.bytes + bytes.length > this.options.maxBytes) {
      this.file = undefined;
      await file.handle.close();
      await rename(this.options.path, `${this.options.path}.1`);
      file = await this.opened();
    }
    try {
      await file.handle.appendFile(bytes);
      file.bytes += bytes.length;
    } catch (cause) {
      // Half a line would spoil the next one; a file that cannot be cut gets a line end when it is opened again.
      await file.handle.truncate(file.bytes).catch(() => undefined);
      throw cause;
    }
  }

  private async opened(): Promise<{ readonly handle: FileHandle; bytes: number }> {
    if (this.file) return this.file;
    const handle = await open(this.options.path, 'a+');
    try {
      const found = await handle.stat();
      // Where nobody reads, a write would hold a thread of the process for ever.
      if (found.isFIFO()) throw new Error('it is a pipe, and has to be a file');
      let { size } = found;
      if (size > 0 && !(await endsLine(handle, size))) {
        await handle.appendFile('\n');
        size += 1;
      }
      this.file = { handle, bytes: size };
      return this.file;
    } catch (cause) {
      await handle.close();
      throw cause;
    }
  }

  private async rest(cause: Error): Promise<void> {
    this.restsUntil = performance.now() + REST_MS;
    const { handle } = this.file ?? {};
    this.file = undefined;
    await handle?.close().catch(() => undefined);
    if (this.isInTrouble) return;
    this.isInTrouble = true;
    const detail = `results are not written to ${this.options.path}: ${cause.message}`;
    this.options.tellCondition('results-dropped', { detail });
    this.options.onEvent({ kind: 'records-dropped', detail: detail.slice(0, 500) });
  }
}

/** A process killed in the middle of a write leaves half a line. */
async function endsLine(handle: FileHandle, size: number): Promise<boolean> {
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}
