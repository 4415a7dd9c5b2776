import { describe, expect, it } from 'vitest';
import { MAX_PACKET_BYTES } from '@hamon/contracts';
import fc from 'fast-check';
import { MAX_CONTROL_PACKET_BYTES, PacketGuard } from '../../src/messaging/embedded/packet-guard.js';

const CONNECT = 0x10;
const PUBLISH = 0x32;
const SUBSCRIBE = 0x82;

function packet(firstByte: number, lengthBytes: number): Buffer {
  const header = [firstByte];
  let left = lengthBytes;
  do {
    header.push((left % 128) | (left >= 128 ? 0x80 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.concat([Buffer.from(header), Buffer.alloc(lengthBytes, 0xff)]);
}

/** Feeds a stream in pieces and answers how much of it passed, or the broken rule. */
function feed(guard: PacketGuard, stream: Buffer, pieces: readonly number[]): number | string {
  let at = 0;
  for (let i = 0; at < stream.length; i++) {
    const seen = guard.inspect(stream.subarray(at, at + (pieces[i % pieces.length] ?? 1)));
    if (seen.kind === 'violation') return seen.rule;
    if (seen.bytes === 0) return at;
    at += seen.bytes;
  }
  return at;
}

describe('PacketGuard', () => {
  it('lets one CONNECT pass and holds back the rest until admission', () => {
    const guard = new PacketGuard();
    const connect = packet(CONNECT, 200);
    const publish = packet(PUBLISH, 1000);
    expect(guard.inspect(Buffer.concat([connect, publish]))).toEqual({ kind: 'pass', bytes: connect.length });
    expect(guard.inspect(publish)).toEqual({ kind: 'pass', bytes: 0 });
    guard.admit();
    expect(guard.inspect(publish)).toEqual({ kind: 'pass', bytes: publish.length });
  });

  it.each([
    ['a first packet that is no CONNECT', false, packet(PUBLISH, 10), 'must be CONNECT'],
    ['an oversized CONNECT', false, packet(CONNECT, MAX_CONTROL_PACKET_BYTES + 1), 'at most'],
    ['an oversized PUBLISH', true, packet(PUBLISH, MAX_PACKET_BYTES + 1), 'at most'],
    ['an oversized SUBSCRIBE', true, packet(SUBSCRIBE, MAX_CONTROL_PACKET_BYTES + 1), 'at most'],
    ['a length of five bytes', true, Buffer.from([PUBLISH, 0x80, 0x80, 0x80, 0x80, 0]), 'four bytes'],
  ])('refuses %s by its header alone', (_what, connected, stream, rule) => {
    const guard = new PacketGuard();
    if (connected) {
      guard.inspect(packet(CONNECT, 10));
      guard.admit();
    }
    expect(feed(guard, stream.subarray(0, 6), [1])).toContain(rule);
  });

  it('judges the same however the stream is cut', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: MAX_CONTROL_PACKET_BYTES }), { maxLength: 8 });
    const pieces = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(lengths, pieces, (bodies, cuts) => {
        const guard = new PacketGuard();
        guard.inspect(packet(CONNECT, 10));
        guard.admit();
        const stream = Buffer.concat(bodies.map((length) => packet(PUBLISH, length)));
        expect(feed(guard, stream, cuts)).toBe(stream.length);
      }),
      { numRuns: 200 },
    );
  });
});
