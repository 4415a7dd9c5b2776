import { describe, expect, it } from 'vitest';
import type { DecodedFrame } from '../../src/data/decoded-frame.js';
import { FrameTaps, MAX_TAPS } from '../../src/data/frame-taps.js';

const FRAME = {} as DecodedFrame;

describe('taps on the frames', () => {
  it('see every frame until they are closed, each by itself', () => {
    const taps = new FrameTaps();
    const seen: string[] = [];
    const closeFirst = taps.open((_, bytes) => seen.push(`first ${bytes}`));
    const closeSecond = taps.open((_, bytes) => seen.push(`second ${bytes}`));
    taps.see(FRAME, 1);
    closeFirst();
    closeFirst();
    taps.see(FRAME, 2);
    closeSecond();
    taps.see(FRAME, 3);
    expect(seen).toEqual(['first 1', 'second 1', 'second 2']);
  });

  it('are bounded: those that nobody closes are found', () => {
    const taps = new FrameTaps();
    const closers = Array.from({ length: MAX_TAPS }, () => taps.open(() => undefined));
    expect(() => taps.open(() => undefined)).toThrow();
    closers[0]?.();
    taps.open(() => undefined);
  });
});
