import type { PictureFindings } from '../picture/picture-watch.js';
import type { SourceParts } from '../source-parts.js';
import type { SourceState } from '../frame-source.js';
import type { Fault } from './fault.js';

/** The same is not told again to the device's history before. */
const TELL_AGAIN_MS = 600_000;

/** What is wrong with a source now: told where it begins, taken back where it ends. */
export class SourceTroubles {
  private fault: Fault | undefined;
  private hasBegun = false;
  private told: { readonly detail: string; readonly atMs: number } | undefined;

  constructor(
    private readonly place: string,
    private readonly parts: Pick<SourceParts, 'tellCondition' | 'onEvent'>,
  ) {}

  get state(): SourceState['state'] {
    if (this.fault) return 'failing';
    return this.hasBegun ? 'running' : 'opening';
  }

  get detail(): string | undefined {
    return this.fault?.detail;
  }

  tell(fault: Fault): void {
    this.fault = fault;
    const detail = `source: ${fault.detail}`.slice(0, 500);
    this.parts.tellCondition('source-unreadable', { detail });
    const nowMs = performance.now();
    if (this.told?.detail === detail && nowMs - this.told.atMs < TELL_AGAIN_MS) return;
    this.told = { detail, atMs: nowMs };
    this.parts.onEvent({ kind: 'source-unreadable', detail });
  }

  tellPicture({ frozen, black }: PictureFindings): void {
    const { place, parts } = this;
    parts.tellCondition('picture-frozen', frozen === null ? null : { detail: `${place}: ${frozen}` });
    parts.tellCondition('picture-black', black === null ? null : { detail: `${place}: ${black}` });
  }

  /** Frames come, or the source is given up. */
  clear(): void {
    this.fault = undefined;
    this.hasBegun = true;
    this.parts.tellCondition('source-unreadable', null);
    this.tellPicture({ frozen: null, black: null });
  }
}
