import { InferenceError } from '../inference-error.js';
import type { DecodedImage, ImageForm } from '../image/image-form.js';
import { checkStatedSize } from '../image/stated-size.js';
import { DecoderProcess, type DecoderLimits } from './decoder-process.js';
import type { DecodeHead } from './protocol.js';

export interface DecoderProcessesOptions extends DecoderLimits {
  /** Larger images are refused by their header. */
  readonly maxPixels: number;
  /** A process that nobody needs for so long is ended: libvips keeps tens of megabytes. */
  readonly idleMs: number;
}

/**
 * `decodeImage` outside of this process. Its library works on libuv's few threads, which name resolution, cryptography and
 * files need as well: images that strangers send must not fill them. As many processes as are asked for at once; how many
 * that may be is the caller's to bound.
 */
export class DecoderProcesses {
  private readonly idle: DecoderProcess[] = [];
  private readonly all = new Set<DecoderProcess>();
  private readonly timers = new Map<DecoderProcess, NodeJS.Timeout>();
  private stopped = false;

  constructor(private readonly options: DecoderProcessesOptions) {}

  get pids(): readonly number[] {
    return [...this.all].flatMap(({ pid }) => pid ?? []);
  }

  /**
   * @throws InferenceError `image-invalid`, also for an image that takes too much memory or time; `worker-crashed` where two
   * processes were ended by something else; `stopped`
   */
  async decode(image: Uint8Array, input: DecodeHead['input']): Promise<DecodedImage> {
    const { maxPixels } = this.options;
    checkStatedSize(image, maxPixels);
    const head: DecodeHead = {
      input: formOf(input),
      maxPixels,
    };
    try {
      return await this.decodeOnce(image, head);
    } catch (cause) {
      // Somebody else's fault, perhaps the system's for want of memory: a fresh process deserves the image once more.
      if (!(cause instanceof InferenceError) || cause.code !== 'worker-crashed') throw cause;
      return this.decodeOnce(image, head);
    }
  }

  /** Ends every process and waits for their end. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    const ends = [...this.all].map(({ ended }) => ended);
    for (const process of this.all) process.kill();
    await Promise.all(ends);
  }

  private async decodeOnce(image: Uint8Array, head: DecodeHead): Promise<DecodedImage> {
    if (this.stopped) throw new InferenceError('stopped', 'the decoder was stopped');
    const process = this.take();
    try {
      return await process.decode(image, head);
    } finally {
      this.giveBack(process);
    }
  }

  private take(): DecoderProcess {
    for (let process = this.idle.pop(); process; process = this.idle.pop()) {
      clearTimeout(this.timers.get(process));
      this.timers.delete(process);
      if (process.isAlive) return process;
    }
    const process = new DecoderProcess(this.options);
    this.all.add(process);
    void process.ended.then(() => this.all.delete(process));
    return process;
  }

  private giveBack(process: DecoderProcess): void {
    if (!process.isAlive || this.stopped) return;
    this.idle.push(process);
    const timer = setTimeout(() => {
      this.timers.delete(process);
      this.idle.splice(this.idle.indexOf(process), 1);
      process.kill();
    }, this.options.idleMs);
    timer.unref();
    this.timers.set(process, timer);
  }
}

const formOf = ({ width, height, channels, resize, pad }: ImageForm): ImageForm => ({
  ...{ width, height, channels, resize },
  ...(pad !== undefined && { pad }),
});
