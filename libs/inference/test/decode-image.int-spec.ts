import { describe, expect, it } from 'vitest';
import { placeFrame } from '@hamon/tasks';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { decodeImage as decodeFrame, MAX_IMAGE_BYTES } from '../src/image/decode-image.js';
import { encodePng } from '../src/image/encode-png.js';

type Input = Parameters<typeof decodeFrame>[1];
const decodeImage = async (...given: Parameters<typeof decodeFrame>): Promise<Uint8Array> =>
  (await decodeFrame(...given)).pixels;
const wants = (channels: 1 | 3, resize: Input['resize'] = 'stretch', width = 8, height = 8): Input => ({
  width,
  height,
  channels,
  resize,
});

const solid = (r: number, g: number, b: number, alpha?: number): Sharp =>
  sharp({
    create: {
      width: 16,
      height: 16,
      channels: alpha === undefined ? 3 : 4,
      background: { r, g, b, alpha: alpha ?? 1 },
    },
  });
const grey = (width: number, height: number, value: (x: number, y: number) => number): Sharp =>
  sharp(
    Uint8Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
    { raw: { width, height, channels: 1 } },
  ).toColourspace('b-w');

const invalid = (message: string): object =>
  expect.objectContaining({ code: 'image-invalid', message: expect.stringContaining(message) });

describe('decodeImage', () => {
  it.each([
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [10, 200, 90],
    [255, 255, 255],
  ])('turns colour %d %d %d into Rec. 601 luma', async (r, g, b) => {
    const samples = await decodeImage(await solid(r, g, b).png().toBuffer(), wants(1));
    expect(samples).toHaveLength(64);
    expect(new Set(samples)).toEqual(new Set([Math.round(0.299 * r + 0.587 * g + 0.114 * b)]));
  });

  it('gives colour as interleaved RGB and grey three times', async () => {
    const colour = await decodeImage(await solid(1, 2, 3).png().toBuffer(), wants(3));
    expect([...colour.subarray(0, 6)]).toEqual([1, 2, 3, 1, 2, 3]);
    const repeated = await decodeImage(
      await grey(8, 8, () => 77)
        .png()
        .toBuffer(),
      wants(3),
    );
    expect(repeated).toHaveLength(192);
    expect(new Set(repeated)).toEqual(new Set([77]));
  });

  it.each([0, 0.5, 1])('removes alpha %d without blending', async (alpha) => {
    const image = await solid(200, 100, 50, alpha).png().toBuffer();
    expect([...(await decodeImage(image, wants(3))).subarray(0, 3)]).toEqual([200, 100, 50]);
  });

  it('applies every EXIF orientation', async () => {
    // A bright left half: after orientation 6 (rotate 90° clockwise) it is on top, and so on.
    const half = {
      1: 'left',
      2: 'right',
      3: 'right',
      4: 'left',
      5: 'top',
      6: 'top',
      7: 'bottom',
      8: 'bottom',
    };
    for (const [orientation, side] of Object.entries(half)) {
      const image = await grey(16, 16, (x) => (x < 8 ? 255 : 0))
        .withMetadata({ orientation: Number(orientation) })
        .png()
        .toBuffer();
      const samples = await decodeImage(image, wants(1));
      const at = { left: 4 * 8, right: 4 * 8 + 7, top: 4, bottom: 7 * 8 + 4 };
      for (const [name, index] of Object.entries(at)) {
        if (name === side) expect([orientation, name, samples[index]]).toEqual([orientation, name, 255]);
      }
      const opposite = { left: 'right', right: 'left', top: 'bottom', bottom: 'top' } as const;
      expect(samples[at[opposite[side as keyof typeof at]]]).toBe(0);
    }
  });

  it('cuts 16-bit samples to 8, grey and colour', async () => {
    const raw = (channels: 1 | 3, values: number[]): Sharp =>
      sharp(
        Uint16Array.from({ length: 64 * channels }, (_, i) => (values[i % channels] ?? 0) * 257),
        { raw: { width: 8, height: 8, channels } },
      ).toColourspace(channels === 1 ? 'grey16' : 'rgb16');
    const deepGrey = await raw(1, [77]).png().toBuffer();
    expect((await sharp(deepGrey).metadata()).depth).toBe('ushort');
    expect(new Set(await decodeImage(deepGrey, wants(1)))).toEqual(new Set([77]));
    const deepColour = await raw(3, [10, 200, 90]).png().toBuffer();
    expect([...(await decodeImage(deepColour, wants(3))).subarray(0, 3)]).toEqual([10, 200, 90]);
  });

  it('stretches, letterboxes in black, or crops the centre', async () => {
    const wide = await grey(16, 8, (x) => (x < 4 ? 100 : x < 12 ? 150 : 200))
      .png()
      .toBuffer();
    const stretched = await decodeImage(wide, wants(1));
    expect([stretched[0], stretched[4], stretched[7]]).toEqual([100, 150, 200]);
    const contained = await decodeImage(wide, wants(1, 'contain'));
    expect([contained[0], contained[3 * 8], contained[7 * 8]]).toEqual([0, 100, 0]);
    const covered = await decodeImage(wide, wants(1, 'cover'));
    expect([covered[0], covered[7]]).toEqual([150, 150]);
  });

  it('says how large the image was, as one looks at it', async () => {
    const image = grey(30, 20, () => 9);
    expect((await decodeFrame(await image.png().toBuffer(), wants(1))).frame).toEqual({
      width: 30,
      height: 20,
    });
    for (const [orientation, width, height] of [
      [1, 30, 20],
      [3, 30, 20],
      [6, 20, 30],
    ] as const) {
      const turned = image.clone().withMetadata({ orientation });
      for (const bytes of [await turned.png().toBuffer(), await turned.jpeg().toBuffer()]) {
        expect((await decodeFrame(bytes, wants(1))).frame).toEqual({ width, height });
      }
    }
  });

  it('pads in the shade that the input asks for, where placeFrame says that the borders are', async () => {
    const frames = fc.record({
      width: fc.integer({ min: 1, max: 40 }),
      height: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(frames, async ({ width, height }) => {
        const input = { ...wants(1, 'contain', 16, 12), pad: 114 };
        const white = await grey(width, height, () => 255)
          .png()
          .toBuffer();
        const { pixels, frame } = await decodeFrame(white, input);
        const { scaleX, scaleY, offsetX, offsetY } = placeFrame(input, frame);
        const [right, bottom] = [offsetX + width * scaleX, offsetY + height * scaleY];
        for (let y = 0; y < 12; y += 1)
          for (let x = 0; x < 16; x += 1) {
            // By the pixel's middle: the edges are whole only to within rounding (25 * (14 / 25) > 14).
            const [midX, midY] = [x + 0.5, y + 0.5];
            const isInside = midX > offsetX && midX < right && midY > offsetY && midY < bottom;
            expect([x, y, pixels[y * 16 + x]]).toEqual([x, y, isInside ? 255 : 114]);
          }
      }),
      { numRuns: 60 },
    );
  });

  it('averages what it shrinks instead of picking samples', async () => {
    const stripes = await grey(64, 64, (x) => (x % 2 ? 255 : 0))
      .png()
      .toBuffer();
    for (const sample of await decodeImage(stripes, wants(1))) expect(Math.abs(sample - 127)).toBeLessThan(8);
  });

  it('gives back exactly what encodePng wrote', async () => {
    for (const channels of [1, 3] as const) {
      const pixels = Uint8Array.from({ length: 64 * channels }, (_, i) => (i * 53) & 0xff);
      const png = await encodePng(pixels, { width: 8, height: 8, channels });
      expect([...(await decodeImage(png, wants(channels)))]).toEqual([...pixels]);
    }
  });

  it('reads CMYK and progressive JPEG', async () => {
    const cmyk = await solid(200, 200, 200).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect(await decodeImage(cmyk, wants(3))).toHaveLength(192);
    const progressive = await solid(90, 90, 90).jpeg({ progressive: true }).toBuffer();
    expect((await decodeImage(progressive, wants(1)))[0]).toBeGreaterThan(85);
  });

  it('refuses other formats, whatever libvips could read', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>');
    const webp = await solid(1, 2, 3).webp().toBuffer();
    for (const bytes of [svg, webp, new Uint8Array(0), Buffer.from('no image at all')]) {
      await expect(decodeImage(bytes, wants(1))).rejects.toEqual(invalid('neither PNG nor JPEG'));
    }
  });

  it('refuses a truncated or altered image', async () => {
    for (const whole of [
      await solid(9, 9, 9).png().toBuffer(),
      await grey(64, 64, (x) => x)
        .jpeg()
        .toBuffer(),
    ]) {
      await expect(decodeImage(whole.subarray(0, whole.length / 2), wants(1))).rejects.toEqual(
        invalid('cannot be decoded'),
      );
    }
  });

  it('refuses too many bytes and, before it decodes, too many pixels', async () => {
    const long = new Uint8Array(MAX_IMAGE_BYTES + 1);
    await expect(decodeImage(long, wants(1))).rejects.toEqual(invalid(`at most ${MAX_IMAGE_BYTES}`));
    const bomb = await sharp({
      create: { width: 10_000, height: 10_000, channels: 3, background: 'black' },
    })
      .png({ compressionLevel: 9 })
      .toBuffer();
    await expect(decodeImage(bomb, wants(1))).rejects.toEqual(invalid('pixel limit'));
  });
});
