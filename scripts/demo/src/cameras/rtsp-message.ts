/** One request of RTSP 1.0 (RFC 2326); header names in lower case. */
export interface RtspRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: ReadonlyMap<string, string>;
}

const MOST_HEADER_BYTES = 16 * 1024;
const MOST_BODY_BYTES = 16 * 1024;
const INTERLEAVED = 0x24;
const HEAD_END = '\r\n\r\n';

/** A client that does not speak RTSP, or too much of it. */
export class RtspError extends Error {}

/**
 * Requests from the pieces that a connection delivers. Bodies are left out, as are packets that a client sends in between (RFC
 * 2326, 10.12: its receiver reports).
 */
export class RtspReader {
  private rest: Buffer = Buffer.alloc(0);

  /** @throws RtspError upon which the connection is of no more use */
  push(piece: Uint8Array): RtspRequest[] {
    this.rest = Buffer.concat([this.rest, piece]);
    const requests: RtspRequest[] = [];
    for (;;) {
      const length = this.packetLength();
      if (length !== undefined) {
        if (this.rest.length < length) return requests;
        this.rest = this.rest.subarray(length);
        continue;
      }
      const request = this.request();
      if (!request) return requests;
      requests.push(request);
    }
  }

  /** Of a packet at the front, with its four bytes of header; undefined where there is none. */
  private packetLength(): number | undefined {
    if (this.rest[0] !== INTERLEAVED) return undefined;
    return this.rest.length < 4 ? 4 : 4 + this.rest.readUInt16BE(2);
  }

  private request(): RtspRequest | undefined {
    const end = this.rest.indexOf(HEAD_END);
    if (end < 0) {
      if (this.rest.length > MOST_HEADER_BYTES) throw new RtspError('the header is too long');
      return undefined;
    }
    const request = parseHead(this.rest.subarray(0, end).toString('latin1'));
    const bodyBytes = Number(request.headers.get('content-length') ?? 0);
    if (!(Number.isInteger(bodyBytes) && bodyBytes >= 0 && bodyBytes <= MOST_BODY_BYTES)) {
      throw new RtspError('the body is too long');
    }
    const length = end + HEAD_END.length + bodyBytes;
    if (this.rest.length < length) return undefined;
    this.rest = this.rest.subarray(length);
    return request;
  }
}

function parseHead(text: string): RtspRequest {
  const [first = '', ...lines] = text.split('\r\n');
  const [, method, url] = /^([A-Z_]{3,20}) (\S{1,2048}) RTSP\/1\.\d$/.exec(first) ?? [];
  if (method === undefined || url === undefined) throw new RtspError('the first line is no request');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new RtspError('a header line has no name');
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { method, url, headers };
}

export interface RtspAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export function answerBytes({ status, reason, headers = {}, body = '' }: RtspAnswer, cseq: string): Buffer {
  const all = {
    CSeq: cseq,
    Server: 'hamon-demo',
    ...headers,
    ...(body !== '' && { 'Content-Length': String(Buffer.byteLength(body)) }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from([`RTSP/1.0 ${status} ${reason}`, ...lines, '', body].join('\r\n'));
}

/** How a client wants its packets (RFC 2326, 12.39). */
export type Transport =
  | { readonly kind: 'tcp'; readonly channel: number }
  | { readonly kind: 'udp'; readonly rtp: number; readonly rtcp: number };

/** The first of the client's wishes that can be had; undefined where none can. */
export function transportOf(header: string): Transport | undefined {
  for (const wish of header.split(',')) {
    const [protocol = '', ...parts] = wish.trim().split(';');
    const pair = (name: string): readonly [number, number] | undefined => {
      const [, first, second] =
        parts.map((part) => new RegExp(`^${name}=(\\d{1,5})(?:-(\\d{1,5}))?$`).exec(part)).find(Boolean) ??
        [];
      return first === undefined ? undefined : [Number(first), Number(second ?? Number(first) + 1)];
    };
    if (parts.includes('multicast')) continue;
    if (protocol === 'RTP/AVP/TCP') {
      const [channel] = pair('interleaved') ?? [0];
      if (channel <= 254) return { kind: 'tcp', channel };
    }
    if (protocol === 'RTP/AVP' || protocol === 'RTP/AVP/UDP') {
      const [rtp, rtcp] = pair('client_port') ?? [0, 0];
      if (rtp >= 1024 && rtcp >= 1024 && rtp < 65_536 && rtcp < 65_536) return { kind: 'udp', rtp, rtcp };
    }
  }
  return undefined;
}

/** A packet between the requests of one connection (RFC 2326, 10.12). */
export function interleaved(channel: number, packet: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(4 + packet.length);
  framed.writeUInt8(INTERLEAVED, 0);
  framed.writeUInt8(channel, 1);
  framed.writeUInt16BE(packet.length, 2);
  framed.set(packet, 4);
  return framed;
}
