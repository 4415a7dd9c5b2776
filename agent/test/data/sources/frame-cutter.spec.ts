import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FrameCutter,
  type CutFrame,
  type FrameForm,
} from '../../../src/data/sources/program/frame-cutter.js';

interface Cut {
  readonly frames: CutFrame[];
  readonly faults: string[];
  readonly cutter: FrameCutter;
}

function cutter(form: FrameForm | 'pnm', maxPixels = 10_000): Cut {
  const frames: CutFrame[] = [];
  const faults: string[] = [];
  const cut = new FrameCutter({
    ...{ form, maxPixels },
    onFrame: (frame) => void frames.push({ ...frame, pixels: frame.pixels.slice() }),
    onFault: (why) => void faults.push(why),
  });
  return { frames, faults, cutter: cut };
}

/** As a pipe gives them: never more than there is room for. */
function feed(to: FrameCutter, bytes: Uint8Array, pieces: readonly number[]): void {
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const room = to.room();
    const length = Math.min(pieces[i % pieces.length]!, room.length, bytes.length - at);
    room.set(bytes.subarray(at, at + length));
    to.fill(length);
    at += length;
  }
}

const picture = (header: string, pixels: Uint8Array): Buffer => Buffer.concat([Buffer.from(header), pixels]);

const samples = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 17) % 256);

const pieces = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 20 });

describe('cutting frames', () => {
  it('gives the same frames however the bytes come', () => {
    fc.assert(
      fc.property(
        fc.record({ width: fc.integer({ min: 8, max: 30 }), height: fc.integer({ min: 8, max: 20 }) }),
        fc.constantFrom<1 | 3>(1, 3),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        pieces,
        ({ width, height }, channels, count, hasHeader, sizes) => {
          const all = Array.from({ length: count }, (_, i) => samples(width * height * channels, i));
          const header = hasHeader ? `P${channels === 3 ? 6 : 5}\n${width} ${height}\n255\n` : '';
          const cut = cutter(hasHeader ? 'pnm' : { width, height, channels });
          feed(cut.cutter, Buffer.concat(all.map((pixels) => picture(header, pixels))), sizes);
          expect(cut.faults).toEqual([]);
          expect(cut.frames).toEqual(all.map((pixels) => ({ width, height, channels, pixels })));
          expect(cut.cutter.pendingBytes).toBe(0);
        },
      ),
    );
  });

  it('gives no frame of which a part is missing, and says how much of it there was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 191 }), pieces, (part, sizes) => {
        const cut = cutter({ width: 8, height: 8, channels: 3 });
        feed(cut.cutter, Buffer.concat([samples(192, 1), samples(part, 2)]), sizes);
        expect(cut.frames).toHaveLength(1);
        expect(cut.cutter.pendingBytes).toBe(part);
      }),
    );
  });

  it('stops at what is no picture, and reads on without looking', () => {
    const cut = cutter('pnm');
    feed(cut.cutter, Buffer.from('Usage: camera [options]\n'.repeat(200)), [100]);
    expect(cut.frames).toEqual([]);
    expect(cut.faults).toEqual(['it writes something that is no picture']);
  });

  it('stops where a picture has another size than the first', () => {
    const cut = cutter('pnm');
    const [first, second] = [
      picture('P5\n10 10\n255\n', samples(100, 1)),
      picture('P5\n12 10\n255\n', samples(120, 2)),
    ];
    feed(cut.cutter, Buffer.concat([first, second, second]), [50]);
    expect(cut.frames).toHaveLength(1);
    expect(cut.faults).toEqual([expect.stringContaining('changed its size')]);
  });

  it.each([
    ['P6\n4 4\n255\n', 'at least 8×8'],
    ['P6\n1000 1000\n255\n', 'at most 10000 are taken'],
    ['P6\n10 10\n65535\n', 'no picture'],
  ])('refuses %j', (header, why) => {
    const cut = cutter('pnm');
    feed(cut.cutter, picture(header, samples(500, 1)), [64]);
    expect(cut.faults).toEqual([expect.stringContaining(why)]);
  });

  it('fills the buffer of a frame that was given back again', () => {
    const buffers: ArrayBufferLike[] = [];
    const cut: FrameCutter = new FrameCutter({
      ...{ form: { width: 8, height: 8, channels: 1 as const }, maxPixels: 64 },
      onFrame: (frame) => {
        buffers.push(frame.pixels.buffer);
        cut.reuse(frame);
      },
      onFault: (why) => expect.fail(why),
    });
    feed(cut, samples(640, 1), [64]);
    expect(buffers).toHaveLength(10);
    expect(new Set(buffers).size).toBeLessThanOrEqual(2);
  });
});
