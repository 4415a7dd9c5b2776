import { setTimeout as delay } from 'node:timers/promises';
import type { PixelFrame } from '../../frame.js';
import type { FrameReader, FrameSource, SourceState } from '../frame-source.js';
import { LiveFrames } from '../live-frames.js';
import { samplePicture } from '../picture/sample-picture.js';
import { PictureWatch } from '../picture/picture-watch.js';
import type { SourceParts } from '../source-parts.js';
import { waitAfter, type Fault } from './fault.js';
import type { CutFrame } from './frame-cutter.js';
import { openingMs } from './patience.js';
import type { ProgramKind } from './program-kind.js';
import { ProgramLife, type LifeEnd } from './program-life.js';
import { SourceTroubles } from './source-troubles.js';

export interface Watchdogs {
  readonly stallSeconds: number;
  readonly frozenSeconds: number;
  readonly blackSeconds: number;
}

export type ProgramSourceParts = Pick<
  SourceParts,
  'stream' | 'maxPixels' | 'stateFolder' | 'onEvent' | 'tellCondition' | 'now' | 'log'
>;

const SAMPLE_MS = 1000;
/** One that gives a few frames each time and ends is no better than one that gives none. */
const LASTING_MS = 5000;

/** Frames that a program of the machine writes; it is begun anew whenever it ends, falls silent or writes something else. */
export class ProgramSource implements FrameSource {
  private readonly frames = new LiveFrames();
  private readonly watch: PictureWatch;
  private readonly troubles: SourceTroubles;
  private readonly aborter = new AbortController();
  private life: ProgramLife | undefined;
  private running: Promise<void> | undefined;
  private starts = 0;
  /** Attempts since one that lasted. */
  private attempt = 0;
  private lastOpeningMs: number | undefined;
  private size: Pick<CutFrame, 'width' | 'height'> | undefined;
  private lastFrameAt: Date | undefined;
  private sampledAt = -Infinity;

  constructor(
    private readonly kind: ProgramKind,
    private readonly watchdogs: Watchdogs,
    private readonly parts: ProgramSourceParts,
  ) {
    const { frozenSeconds, blackSeconds } = watchdogs;
    this.watch = new PictureWatch({ frozenMs: frozenSeconds * 1000, blackMs: blackSeconds * 1000 });
    this.troubles = new SourceTroubles(kind.place, parts);
  }

  start(): void {
    this.running ??= this.run();
  }

  reader(): FrameReader {
    return this.frames.reader();
  }

  get state(): SourceState {
    const { state, detail } = this.troubles;
    return {
      ...{ state, frames: this.frames.count, restarts: Math.max(0, this.starts - 1) },
      ...(detail !== undefined && { detail }),
      ...this.size,
      ...(this.lastFrameAt && { lastFrameAt: this.lastFrameAt }),
    };
  }

  async stop(): Promise<void> {
    this.aborter.abort();
    this.life?.stop();
    await this.running;
    this.troubles.clear();
  }

  private async run(): Promise<void> {
    const { signal } = this.aborter;
    while (!signal.aborted) {
      const fault = await this.once(signal).catch((cause: unknown): Fault => ({
        kind: 'broken',
        detail: (cause as Error).message,
      }));
      if (signal.aborted) return;
      this.frames.forget();
      if (fault) {
        this.troubles.tell(fault);
        await delay(waitAfter(fault, this.attempt, Math.random()), undefined, { signal }).catch(
          () => undefined,
        );
        this.attempt += 1;
      }
    }
  }

  /** From one start to its end; null where it is to go on at once. */
  private async once(signal: AbortSignal): Promise<Fault | null> {
    const { kind, watchdogs, parts } = this;
    const run = await kind.prepare(signal);
    if (signal.aborted) return null;
    if (!run.ok) return run.error;
    const stallMs = watchdogs.stallSeconds * 1000;
    const { lastOpeningMs, attempt } = this;
    const startedAt = performance.now();
    let hasFrame = false;
    this.watch.reset();
    this.life = new ProgramLife({
      ...{ run: run.value, maxPixels: parts.maxPixels, stateFolder: parts.stateFolder, stallMs },
      openingMs: openingMs({ stallMs, ...(lastOpeningMs !== undefined && { lastOpeningMs }) }, attempt),
      onFrame: (frame) => {
        if (!hasFrame) this.begin(performance.now() - startedAt);
        hasFrame = true;
        return this.take(frame);
      },
    });
    this.starts += 1;
    const end = await this.life.live();
    this.life = undefined;
    if (signal.aborted) return null;
    if (hasFrame && performance.now() - startedAt > LASTING_MS) this.attempt = 0;
    return this.faultOf(end);
  }

  private faultOf(end: LifeEnd): Fault | null {
    const { kind, parts } = this;
    const { ended, lostBytes } = end;
    const said = {
      place: kind.place,
      code: end.code,
      signal: end.signal,
      lostBytes,
      said: end.lines.slice(-3),
    };
    parts.log.info({ source: said }, `source: a program ended${ended ? `: ${ended.why}` : ''}`);
    if (ended?.isChange) return null;
    if (ended) return { kind: 'absent', detail: `${kind.place}: ${ended.why}` };
    const fault = kind.faultOf(end);
    if (lostBytes === 0) return fault;
    return {
      ...fault,
      detail: `${fault.detail}; ${lostBytes} bytes of a frame that did not come whole were dropped`,
    };
  }

  private begin(openingMs: number): void {
    this.lastOpeningMs = openingMs;
    this.troubles.clear();
  }

  /** Returns a frame that nobody took. */
  private take(cut: CutFrame): CutFrame | undefined {
    const { width, height } = cut;
    if (this.size?.width !== width || this.size.height !== height) this.size = { width, height };
    const takenAt = this.parts.now();
    this.lastFrameAt = takenAt;
    const pixels = this.kind.toPixels(cut);
    const frame: PixelFrame = { kind: 'pixels', pixels, origin: { takenAt: takenAt.toISOString() } };
    this.lookAt(pixels.data);
    const [free] = this.frames.push(frame);
    return free?.kind === 'pixels' ? { ...free.pixels, pixels: free.pixels.data } : undefined;
  }

  private lookAt(data: Uint8Array): void {
    const nowMs = performance.now();
    if (nowMs - this.sampledAt < SAMPLE_MS) return;
    this.sampledAt = nowMs;
    this.troubles.tellPicture(this.watch.look(samplePicture(data), nowMs));
  }
}
