import { FrameProgram, type ProgramEnd } from '../../../adapters/frame-program.js';
import { FrameCutter, type CutFrame } from './frame-cutter.js';
import type { ProgramRun } from './program-kind.js';
import { scrub } from './scrub.js';

export interface ProgramLifeOptions {
  readonly run: ProgramRun;
  readonly maxPixels: number;
  readonly stateFolder: string;
  /** May be without a frame for so long; Infinity: for ever. */
  readonly openingMs: number;
  readonly stallMs: number;
  /** Returns a frame that nobody has taken, whose buffer is used again. */
  readonly onFrame: (frame: CutFrame) => CutFrame | undefined;
}

export interface LifeEnd extends ProgramEnd {
  /** Why it was ended from here; undefined where it ended by itself. */
  readonly ended?: { readonly why: string; readonly isChange: boolean };
  /** What had come of a frame that is not whole. */
  readonly lostBytes: number;
}

const LOOK_MS = 250;

/** A program that writes frames, from its start to its end; one that falls silent or writes no frames is ended. */
export class ProgramLife {
  private program: FrameProgram | undefined;
  private frameAt: number | undefined;
  private ended: LifeEnd['ended'];
  private stopped = false;

  constructor(private readonly options: ProgramLifeOptions) {}

  /** Settles when it is gone. */
  async live(): Promise<LifeEnd> {
    const { run, maxPixels, stateFolder, onFrame } = this.options;
    const cutter: FrameCutter = new FrameCutter({
      ...{ form: run.form, maxPixels, onFault: (why) => this.end(why) },
      onFrame: (frame) => {
        this.frameAt = performance.now();
        const free = onFrame(frame);
        if (free) cutter.reuse(free);
      },
    });
    const { program, args, environment, input, looksAt, secrets } = run;
    const startedAt = performance.now();
    this.program = await FrameProgram.start({
      ...{ program, args, reader: cutter, spareFolder: stateFolder },
      ...(environment && { environment }),
      ...(input !== undefined && { input }),
      onLine: (line) => {
        const why = looksAt?.(line);
        if (why !== undefined) this.end(why, true);
      },
    });
    if (this.stopped) void this.program.stop();
    const watch = setInterval(() => this.look(startedAt), LOOK_MS);
    const end = await this.program.ended;
    clearInterval(watch);
    const lines = end.lines.map((line) => scrub(line, secrets));
    return { ...end, lines, lostBytes: cutter.pendingBytes, ...(this.ended && { ended: this.ended }) };
  }

  /** Settles when it has been told; `live` settles when it is gone. */
  stop(): void {
    this.stopped = true;
    void this.program?.stop();
  }

  private look(startedAt: number): void {
    const { openingMs, stallMs } = this.options;
    const now = performance.now();
    if (this.frameAt === undefined) {
      if (now - startedAt > openingMs) this.end(`no frame has come within ${inSeconds(openingMs)}`);
    } else if (stallMs > 0 && now - this.frameAt > stallMs) {
      this.end(`no frame has come for ${inSeconds(stallMs)}`);
    }
  }

  private end(why: string, isChange = false): void {
    if (this.ended) return;
    this.ended = { why, isChange };
    void this.program?.kill();
  }
}

const inSeconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
