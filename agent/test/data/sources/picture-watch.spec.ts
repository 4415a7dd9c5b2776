import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PictureWatch } from '../../../src/data/sources/picture/picture-watch.js';
import { samplePicture } from '../../../src/data/sources/picture/sample-picture.js';
import { swapRedAndBlue } from '../../../src/data/sources/picture/swap-red-and-blue.js';

const [WIDTH, HEIGHT] = [320, 240];
const frame = (value: (i: number) => number): Uint8Array =>
  Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => value(i));
const noisy = (level: number, seed: number): Uint8Array =>
  frame((i) => level + ((i * 7919 + seed * 104_729) % 11));

const watch = () => new PictureWatch({ frozenMs: 30_000, blackMs: 10_000 });
const NOTHING = { frozen: null, black: null };

describe('a frozen picture', () => {
  it('is the very same for as long as configured', () => {
    const it = watch();
    const same = samplePicture(noisy(100, 1));
    expect(it.look(same, 0)).toEqual(NOTHING);
    expect(it.look(same, 29_000)).toEqual(NOTHING);
    expect(it.look(same, 30_000).frozen).toContain('30 s');
    expect(it.look(samplePicture(noisy(100, 2)), 31_000)).toEqual(NOTHING);
  });

  it('is none where a sensor’s noise moves, though nothing else does', () => {
    const it = watch();
    for (let at = 0; at <= 60_000; at += 1000) {
      expect(it.look(samplePicture(noisy(100, at)), at)).toEqual(NOTHING);
    }
  });

  it('is not looked for where it is switched off', () => {
    const it = new PictureWatch({ frozenMs: 0, blackMs: 0 });
    const same = samplePicture(frame(() => 0));
    expect([0, 1e6].map((at) => it.look(same, at))).toEqual([NOTHING, NOTHING]);
  });

  it('is looked for anew after another connection', () => {
    const it = watch();
    const same = samplePicture(noisy(100, 1));
    it.look(same, 0);
    it.reset();
    expect(it.look(same, 40_000)).toEqual(NOTHING);
  });
});

describe('a black picture', () => {
  it('has nothing in it but noise for as long as configured', () => {
    const it = watch();
    expect(it.look(samplePicture(noisy(2, 1)), 0)).toEqual(NOTHING);
    expect(it.look(samplePicture(noisy(2, 2)), 10_000).black).toContain('10 s');
    expect(it.look(samplePicture(noisy(90, 3)), 11_000)).toEqual(NOTHING);
  });

  it('is none where a lamp is to be seen in the dark', () => {
    const it = watch();
    const lamp = (seed: number): Uint8Array => {
      const dark = noisy(2, seed);
      dark.fill(250, 100_000, 110_000);
      return dark;
    };
    for (let at = 0; at <= 30_000; at += 5000) expect(it.look(samplePicture(lamp(at)), at)).toEqual(NOTHING);
  });
});

describe('a sample of a picture', () => {
  it('meets every column and channel', () => {
    for (const channel of [0, 1, 2]) {
      for (const width of [320, 1280]) {
        const pixels = new Uint8Array(width * 480 * 3);
        const before = samplePicture(pixels).hash;
        for (let i = channel; i < pixels.length; i += 3) pixels[i] = 200;
        expect(samplePicture(pixels).hash).not.toBe(before);
      }
    }
  });

  it('may be of any size', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20_000 }), (pixels) => {
        const { mean, highest } = samplePicture(pixels);
        expect(mean).toBeLessThanOrEqual(highest);
      }),
    );
  });
});

describe('red and blue', () => {
  it('change places, and back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 3, maxLength: 60 }), (bytes) => {
        const pixels = bytes.slice();
        swapRedAndBlue(pixels);
        expect([pixels[0], pixels[1], pixels[2]]).toEqual([bytes[2], bytes[1], bytes[0]]);
        swapRedAndBlue(pixels);
        expect(pixels).toEqual(bytes);
      }),
    );
  });
});
