import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { encodeHeader, FrameReader } from '../src/protocol/frame.js';

const frames = fc.array(
  fc.record({
    kind: fc.integer({ min: 0, max: 255 }),
    id: fc.integer({ min: 0, max: 0xffff_ffff }),
    body: fc.uint8Array({ maxLength: 64 }),
  }),
  { maxLength: 12 },
);

describe('FrameReader', () => {
  it('gives the same frames however a stream cuts them', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sent, cuts) => {
        const stream = Buffer.concat(
          sent.flatMap(({ kind, id, body }) => [encodeHeader(kind, id, body.length), body]),
        );
        const received: { kind: number; id: number; body: number[] }[] = [];
        const reader = new FrameReader({
          maxBodyBytes: 64,
          onFrame: (kind, id, body) => received.push({ kind, id, body: [...body] }),
        });
        for (let at = 0, i = 0; at < stream.length; i += 1) {
          const length = cuts[i % cuts.length] ?? 1;
          reader.push(stream.subarray(at, at + length));
          at += length;
        }
        expect(received).toEqual(sent.map(({ body, ...rest }) => ({ ...rest, body: [...body] })));
      }),
    );
  });

  it('refuses a body longer than agreed before any of it is kept', () => {
    const reader = new FrameReader({ maxBodyBytes: 10, onFrame: () => undefined });
    expect(() => reader.push(encodeHeader(1, 1, 11))).toThrow('11 bytes exceeds the limit of 10');
  });

  it('aligns every body for 32-bit floats', () => {
    const reader = new FrameReader({
      maxBodyBytes: 64,
      onFrame: (_kind, _id, body) => expect(body.byteOffset % 8).toBe(0),
    });
    for (let i = 0; i < 5; i += 1) reader.push(Buffer.concat([encodeHeader(1, i, 7), Buffer.alloc(7)]));
    expect.assertions(5);
  });
});
