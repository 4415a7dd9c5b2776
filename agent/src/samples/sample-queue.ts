import type { Region, SampleMeta, SampleReason } from '@hamon/contracts';
import type { AnsweredFrame } from '../data/answered-frame.js';
import type { ImageFrame, PixelFrame } from '../data/frame.js';

/** A picture to be kept; more may be learnt of it until it is written. */
export interface SampleJob {
  readonly frame: ImageFrame | PixelFrame;
  readonly record: AnsweredFrame['record'];
  /** In pixels of the source's frame. */
  readonly blur: readonly Region[];
  readonly reasons: SampleReason[];
  readonly confidence: number | null;
  other: SampleMeta['other'];
  /** Called where it is lost: it took a place in the day's numbers with each reason. */
  readonly givesBack: (() => void)[];
}

/** Pictures that wait at most, and what they hold: a burst of defects costs pictures, not memory. */
const MOST_JOBS = 64;
const MOST_BYTES = 96 * 1024 ** 2;

/** One picture after the other. */
export class SampleQueue {
  private readonly jobs: SampleJob[] = [];
  private writing: SampleJob | undefined;
  private sealed: string | undefined;
  private heldBytes = 0;
  private running: Promise<void> | undefined;
  private isClosed = false;

  constructor(private readonly write: (job: SampleJob) => Promise<void>) {}

  /** Waiting, or not yet so far that nothing more can be said of it. */
  find(id: string): SampleJob | undefined {
    if (this.writing?.record.id === id && this.sealed !== id) return this.writing;
    return this.jobs.find(({ record }) => record.id === id);
  }

  /** What is said of it is on its way to the disk. */
  isSealed(id: string): boolean {
    return this.sealed === id;
  }

  /** Said by whoever writes it. */
  seal({ record }: SampleJob): void {
    this.sealed = record.id;
  }

  /** False where there is no room for it. */
  add(job: SampleJob): boolean {
    const bytes = bytesOf(job);
    if (this.isClosed || this.jobs.length >= MOST_JOBS) return false;
    if (this.heldBytes + bytes > MOST_BYTES && this.heldBytes > 0) return false;
    this.jobs.push(job);
    this.heldBytes += bytes;
    this.running ??= this.run();
    return true;
  }

  /** Takes no more; settles when the rest is written. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.running;
  }

  private async run(): Promise<void> {
    for (let job = this.jobs.shift(); job; job = this.jobs.shift()) {
      this.writing = job;
      await this.write(job);
      this.writing = undefined;
      this.sealed = undefined;
      this.heldBytes -= bytesOf(job);
    }
    this.running = undefined;
  }
}

const bytesOf = ({ frame }: SampleJob): number =>
  frame.kind === 'image' ? frame.bytes.byteLength : frame.pixels.data.byteLength;
