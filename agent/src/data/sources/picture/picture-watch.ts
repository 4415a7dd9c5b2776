import type { PictureSample } from './sample-picture.js';

export interface PictureLimits {
  /** A picture that is the same for so long is frozen; 0: not looked for. */
  readonly frozenMs: number;
  /** A picture that is black for so long is told; 0: not looked for. */
  readonly blackMs: number;
}

/** What is wrong with the picture, a sentence each. */
export interface PictureFindings {
  readonly frozen: string | null;
  readonly black: string | null;
}

/** Nothing is brighter than the noise of a sensor in the dark. */
const BLACK = { mean: 20, highest: 48 };

/** Says from samples, one now and then, whether a camera's picture is stuck or black. */
export class PictureWatch {
  private last: PictureSample | undefined;
  private sameSinceMs = 0;
  private blackSinceMs: number | undefined;

  constructor(private readonly limits: PictureLimits) {}

  look(sample: PictureSample, nowMs: number): PictureFindings {
    if (this.last?.hash !== sample.hash) this.sameSinceMs = nowMs;
    this.last = sample;
    const isBlack = sample.mean <= BLACK.mean && sample.highest <= BLACK.highest;
    this.blackSinceMs = isBlack ? (this.blackSinceMs ?? nowMs) : undefined;
    const { frozenMs, blackMs } = this.limits;
    const sameMs = nowMs - this.sameSinceMs;
    const darkMs = nowMs - (this.blackSinceMs ?? nowMs);
    return {
      frozen:
        frozenMs > 0 && sameMs >= frozenMs
          ? `the very same frame comes for ${seconds(sameMs)}: the camera hangs, restart it`
          : null,
      black:
        blackMs > 0 && darkMs >= blackMs
          ? `the picture is black for ${seconds(darkMs)}: look at lens, light and cable`
          : null,
    };
  }

  /** Another connection may show another picture. */
  reset(): void {
    this.last = undefined;
    this.blackSinceMs = undefined;
  }
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
