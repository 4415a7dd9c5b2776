import { MAX_PACKET_BYTES } from '@hamon/contracts';

/** Everything but PUBLISH: a CONNECT with token and will, a SUBSCRIBE of 16 chunks. Each stays far below. */
export const MAX_CONTROL_PACKET_BYTES = 8 * 1024;

const CONNECT = 1;
const PUBLISH = 3;

export type Inspection =
  { readonly kind: 'pass'; readonly bytes: number } | { readonly kind: 'violation'; readonly rule: string };

/**
 * Reads the fixed headers (MQTT 3.1.1, 2.2) of a byte stream and nothing else, so that a packet's announced length is
 * judged before it is buffered. Until `admit` it lets exactly one CONNECT pass.
 */
export class PacketGuard {
  private admitted = false;
  private sawConnect = false;
  /** Bytes of the current packet's body that are still to come; null while its header is read. */
  private bodyLeft: number | null = null;
  private type: number | null = null;
  private length = 0;
  private lengthDigits = 0;

  admit(): void {
    this.admitted = true;
  }

  /** How many bytes from the chunk's beginning may go on now; the caller keeps the rest until admission. */
  inspect(chunk: Uint8Array): Inspection {
    let at = 0;
    while (at < chunk.length) {
      if (this.bodyLeft !== null) {
        const taken = Math.min(this.bodyLeft, chunk.length - at);
        at += taken;
        this.bodyLeft -= taken;
      } else {
        if (this.type === null && this.sawConnect && !this.admitted) return { kind: 'pass', bytes: at };
        const rule = this.readHeaderByte(chunk[at++] ?? 0);
        if (rule !== undefined) return { kind: 'violation', rule };
      }
      if (this.bodyLeft === 0) this.nextPacket();
    }
    return { kind: 'pass', bytes: at };
  }

  private readHeaderByte(byte: number): string | undefined {
    if (this.type === null) {
      this.type = byte >> 4;
      return this.sawConnect || this.type === CONNECT ? undefined : 'the first packet must be CONNECT';
    }
    this.length += (byte & 0x7f) * 128 ** this.lengthDigits++;
    const limit = this.type === PUBLISH ? MAX_PACKET_BYTES : MAX_CONTROL_PACKET_BYTES;
    if (this.length > limit) return `a packet of type ${this.type} may have ${limit} bytes at most`;
    if (byte & 0x80) return this.lengthDigits < 4 ? undefined : 'a remaining length has four bytes at most';
    this.bodyLeft = this.length;
    this.sawConnect = true;
    return undefined;
  }

  private nextPacket(): void {
    this.bodyLeft = null;
    this.type = null;
    this.length = 0;
    this.lengthDigits = 0;
  }
}
