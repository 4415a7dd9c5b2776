import { Readable } from 'node:stream';
import { encodeSample } from '@hamon/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSampleBody } from '../../src/samples/sample-body.js';
import { metaOf, picture } from '../support/samples.js';

const MINUTE_MS = 60_000;

/** The same bytes in pieces that end at these places. */
function inPieces(bytes: Uint8Array, cuts: readonly number[]): Buffer[] {
  const ends = [...new Set([...cuts.map((cut) => cut % bytes.byteLength), bytes.byteLength])].sort(
    (a, b) => a - b,
  );
  return ends.map((end, at) => Buffer.from(bytes.subarray(ends[at - 1] ?? 0, end)));
}

async function read(pieces: readonly Buffer[]): Promise<{ meta: unknown; picture: Buffer }> {
  const { meta, picture: rest } = await openSampleBody(Readable.from(pieces), MINUTE_MS);
  const parts: Uint8Array[] = [];
  for await (const part of rest) parts.push(part);
  return { meta, picture: Buffer.concat(parts) };
}

describe('the body of a sample', () => {
  it('is read alike however the network cuts it', async () => {
    const bytes = picture(300);
    const meta = metaOf('gate-1', bytes, { frame: '検査/ü.png' });
    const body = encodeSample(meta, bytes);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 20 }), async (cuts) => {
        const found = await read(inPieces(body, cuts));
        expect(found.meta).toEqual(meta);
        expect(found.picture.equals(bytes)).toBe(true);
      }),
    );
  });

  it('is refused by a sentence, wherever it ends', async () => {
    const bytes = picture(300);
    const body = encodeSample(metaOf('gate-1', bytes), bytes);
    const metaEnds = body.byteLength - bytes.byteLength;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: metaEnds + 2 }), async (length) => {
        await expect(read([Buffer.from(body.subarray(0, length))])).rejects.toMatchObject({
          code: expect.stringMatching(/^(invalid-request|sample-refused)$/) as string,
        });
      }),
    );
  });

  it('that does not come to an end is given up', async () => {
    const endless = new Readable({ read: () => undefined });
    await expect(openSampleBody(endless, 20)).rejects.toMatchObject({ code: 'request-timeout' });
    endless.destroy();
  });
});
