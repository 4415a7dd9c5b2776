import { afterEach, describe, expect, it } from 'vitest';
import { pngBomb } from '@hamon/testing';
import sharp from 'sharp';
import { decodeImage, DecoderProcesses, type DecoderProcessesOptions } from '../src/index.js';
import { isRunning, until } from './support.js';

const INPUT = { width: 8, height: 8, channels: 3, resize: 'stretch' } as const;
const OPTIONS = { maxPixels: 24e6, deadlineMs: 20_000, maxMemoryMb: 512, idleMs: 60_000 };

const made: DecoderProcesses[] = [];
function decoders(changes: Partial<DecoderProcessesOptions> = {}): DecoderProcesses {
  const processes = new DecoderProcesses({ ...OPTIONS, ...changes });
  made.push(processes);
  return processes;
}
afterEach(async () => {
  await Promise.all(made.splice(0).map((processes) => processes.stop()));
});

const gradient = sharp(
  Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * 7) % 256),
  { raw: { width: 40, height: 30, channels: 3 } },
);

describe('decoding in processes of their own', () => {
  it('gives the same samples as in this one, PNG and JPEG', async () => {
    const processes = decoders();
    for (const image of [await gradient.png().toBuffer(), await gradient.jpeg().toBuffer()]) {
      const [there, here] = [await processes.decode(image, INPUT), await decodeImage(image, INPUT)];
      expect(Buffer.from(there.pixels)).toEqual(Buffer.from(here.pixels));
      expect(there.frame).toEqual({ width: 40, height: 30 });
    }
    expect(processes.pids).toHaveLength(1);
  });

  it('refuses by its header what is too large, naming size and limit, before there is any process', async () => {
    const processes = decoders();
    await expect(processes.decode(pngBomb(7000, 7000), INPUT)).rejects.toMatchObject({
      code: 'image-invalid',
      message: 'the image has 7000×7000 pixels (49 megapixels), at most 24 megapixels are decoded',
    });
    expect(processes.pids).toEqual([]);
  });

  it('refuses what is no image, and goes on with the next', async () => {
    const processes = decoders();
    const image = await gradient.png().toBuffer();
    await expect(processes.decode(image.subarray(0, 300), INPUT)).rejects.toMatchObject({
      code: 'image-invalid',
    });
    expect((await processes.decode(image, INPUT)).pixels).toHaveLength(192);
    expect(processes.pids).toHaveLength(1);
  });

  it.each<[string, Partial<DecoderProcessesOptions>, RegExp]>([
    ['time', { deadlineMs: 50 }, /not decoded within 0\.05 s/],
    ['memory', { maxMemoryMb: 80 }, /took \d+ MB, at most 80 MB are allowed/],
  ])('ends the process of an image that takes too much %s, and starts another', async (_, limit, message) => {
    const processes = decoders(limit);
    await expect(processes.decode(pngBomb(4800, 4800), INPUT)).rejects.toMatchObject({
      code: 'image-invalid',
      message: expect.stringMatching(message),
    });
    await until(() => processes.pids.length === 0);
  });

  it('tries an image again whose process was killed under it', async () => {
    const processes = decoders();
    const image = pngBomb(3000, 3000);
    const decoding = processes.decode(image, INPUT);
    const [victim = 0] = processes.pids;
    process.kill(victim, 'SIGKILL');
    expect((await decoding).pixels).toHaveLength(192);
    expect(isRunning(victim)).toBe(false);
  });

  it('keeps no process that nobody needs, and none after its stop', async () => {
    const idle = decoders({ idleMs: 1 });
    await idle.decode(await gradient.png().toBuffer(), INPUT);
    await until(() => idle.pids.length === 0);

    const stopped = decoders();
    const decoding = expect(stopped.decode(pngBomb(4800, 4800), INPUT)).rejects.toMatchObject({
      code: 'stopped',
    });
    await stopped.stop();
    await decoding;
    await expect(stopped.decode(pngBomb(10, 10), INPUT)).rejects.toMatchObject({ code: 'stopped' });
  });
});
