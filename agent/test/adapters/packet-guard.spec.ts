import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { PacketGuard } from '../../src/adapters/packet-guard.js';

function packet(length: number): Buffer {
  const header = [0x30];
  let left = length;
  do {
    header.push((left % 128) | (left >= 128 ? 128 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0xff)]);
}

describe('the packet guard', () => {
  it('lets packets pass that are small enough, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(300), { maxLength: 20 }),
        fc.integer({ min: 1, max: 50 }),
        (lengths, piece) => {
          const guard = new PacketGuard(300);
          const stream = Buffer.concat(lengths.map(packet));
          for (let at = 0; at < stream.length; at += piece) {
            expect(guard.allows(stream.subarray(at, at + piece))).toBe(true);
          }
        },
      ),
    );
  });

  it('stops at the header of the first that is too large', () => {
    const guard = new PacketGuard(300);
    expect(guard.allows(packet(300))).toBe(true);
    expect(guard.allows(packet(301).subarray(0, 3))).toBe(false);
  });

  it('stops at a length that does not end', () => {
    expect(new PacketGuard(300).allows(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80]))).toBe(false);
  });

  it('counts the bytes of messages, also of one under way, and of nothing else', () => {
    const guard = new PacketGuard(300);
    guard.allows(Buffer.from([0xd0, 0]));
    guard.allows(Buffer.from([0x40, 2, 0, 1]));
    expect(guard.publishedBytes).toBe(0);
    guard.allows(packet(200).subarray(0, 100));
    expect(guard.publishedBytes).toBe(98 - 1);
  });
});
