import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSample, encodeSample, MAX_SAMPLE_META_BYTES, type SampleMeta } from '../src/index.js';

const meta = (bytes: number): SampleMeta => ({
  schema: 'hamon.sample/1',
  id: '6d2cc1f2-3a5b-8f43-9b0e-0d4b2a7c1e55',
  device: 'gate-1',
  stream: 'line-a',
  at: '2026-11-29T10:00:00.000Z',
  reasons: ['defect', 'random'],
  sha256: 'a'.repeat(64),
  bytes,
  mediaType: 'image/jpeg',
  size: { width: 64, height: 48 },
  blurred: 0,
});

describe('a sample as a body', () => {
  it('comes out as it went in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 500 }), (picture) => {
        const said = { ...meta(picture.byteLength), frame: '検査/ü.jpg' };
        const decoded = decodeSample(encodeSample(said, picture));
        expect(decoded).toEqual({ ok: true, value: { meta: said, picture } });
      }),
    );
  });

  it('is refused by one sentence, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(decodeSample(bytes)).toEqual({ ok: false, error: expect.any(String) as string });
      }),
    );
  });

  it.each([
    ['a length of which the rest is missing', Uint8Array.of(0, 0, 1, 0), /ends within/],
    ['a length beyond the bound', Uint8Array.of(0, 1, 0, 1), new RegExp(`at most ${MAX_SAMPLE_META_BYTES}`)],
    ['another number of bytes', encodeSample(meta(5), new Uint8Array(4)), /^bytes: is 5, .* has 4$/],
    ['a field that is none', encodeSample({ ...meta(1), odd: 1 } as never, new Uint8Array(1)), /odd/],
  ])('is refused for %s', (_, body, why) => {
    expect(decodeSample(body)).toEqual({ ok: false, error: expect.stringMatching(why) as string });
  });
});
