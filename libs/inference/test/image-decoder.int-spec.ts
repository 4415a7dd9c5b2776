import { describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { ImageDecoder } from '../src/image/image-decoder.js';

const INPUT = { width: 8, height: 8, channels: 1, resize: 'stretch' } as const;
const blank = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: 'white' } })
    .png()
    .toBuffer();

describe('an image decoder', () => {
  it('refuses an image above its own limit', async () => {
    const decoder = new ImageDecoder({ maxPixels: 10_000 });
    expect((await decoder.decode(await blank(100, 100), INPUT)).pixels).toHaveLength(64);
    await expect(decoder.decode(await blank(101, 100), INPUT)).rejects.toMatchObject({
      code: 'image-invalid',
    });
    expect(decoder.running).toBe(0);
  });

  it('unpacks so many at once and no more, and every one in its turn', async () => {
    const decoder = new ImageDecoder({ maxAtOnce: 2 });
    const images = [await blank(400, 400), new Uint8Array(9), await blank(300, 300), await blank(200, 200)];
    const atOnce: number[] = [];
    const outcomes = await Promise.allSettled(
      [...images, ...images].map(async (bytes) => {
        const decoding = decoder.decode(bytes, INPUT);
        atOnce.push(decoder.running);
        return decoding.finally(() => atOnce.push(decoder.running));
      }),
    );
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(
      [1, 0, 1, 1, 1, 0, 1, 1].map(Boolean),
    );
    expect(Math.max(...atOnce)).toBe(2);
    expect(decoder.running).toBe(0);
  });
});
