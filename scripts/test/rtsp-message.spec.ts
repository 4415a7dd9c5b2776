import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interleaved, RtspError, RtspReader, transportOf } from '../demo/src/cameras/rtsp-message.js';

const request = (i: number, body = ''): string =>
  `SET_PARAMETER rtsp://h/cam RTSP/1.0\r\nCSeq: ${i}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe('RtspReader', () => {
  it('finds the same requests however the bytes are cut, between packets of the client', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.uint8Array({ maxLength: 50 }), fc.string({ maxLength: 20, unit: 'grapheme-ascii' })),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
        (parts, cuts) => {
          const bytes = Buffer.concat(
            parts.map((part, i) =>
              typeof part === 'string' ? Buffer.from(request(i, part)) : interleaved(1, part),
            ),
          );
          const reader = new RtspReader();
          const found: (string | undefined)[] = [];
          for (let at = 0, i = 0; at < bytes.length; i += 1) {
            const length = cuts[i % cuts.length] ?? 1;
            found.push(
              ...reader.push(bytes.subarray(at, at + length)).map(({ headers }) => headers.get('cseq')),
            );
            at += length;
          }
          const expected = parts.flatMap((part, i) => (typeof part === 'string' ? [String(i)] : []));
          expect(found).toEqual(expected);
        },
      ),
    );
  });

  it('refuses what is none, or too long', () => {
    const pushed = (text: string) => () => new RtspReader().push(Buffer.from(text));
    expect(pushed('GET / HTTP/1.1\r\n\r\n')).toThrow(RtspError);
    expect(pushed('OPTIONS * RTSP/1.0\r\nno colon\r\n\r\n')).toThrow(RtspError);
    expect(pushed('A'.repeat(17_000))).toThrow(RtspError);
    expect(pushed('OPTIONS * RTSP/1.0\r\nContent-Length: 99999999\r\n\r\n')).toThrow(RtspError);
  });
});

describe('transportOf', () => {
  it.each([
    ['RTP/AVP/TCP;unicast;interleaved=2-3', { kind: 'tcp', channel: 2 }],
    ['RTP/AVP/TCP', { kind: 'tcp', channel: 0 }],
    ['RTP/AVP/UDP;unicast;client_port=5000-5001', { kind: 'udp', rtp: 5000, rtcp: 5001 }],
    ['RTP/AVP;unicast;client_port=5000', { kind: 'udp', rtp: 5000, rtcp: 5001 }],
    ['RTP/AVP;multicast,RTP/AVP/TCP;interleaved=0-1', { kind: 'tcp', channel: 0 }],
    ['RTP/AVP;unicast', undefined],
    ['RTP/AVP;unicast;client_port=53-54', undefined],
    ['RAW/RAW/UDP;client_port=5000-5001', undefined],
    ['', undefined],
  ])('%s', (header, transport) => {
    expect(transportOf(header)).toEqual(transport);
  });
});
