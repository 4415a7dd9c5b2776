/** Packet type, MQTT 3.1.1 section 2.2.1. */
const PUBLISH = 3;

/**
 * Watches a stream of MQTT packets for one that announces more than `maxBytes` (its fixed header says so, MQTT 3.1.1
 * section 2.2.3): a broker cannot fill this device's memory with one packet.
 */
export class PacketGuard {
  /** Bytes of the current packet that are still to come. */
  private remaining = 0;
  private inHeader = false;
  private length = 0;
  private shift = 0;
  private isPublish = false;
  private published = 0;

  constructor(private readonly maxBytes: number) {}

  /** Bytes of messages so far, also of one that is still under way; answers and acknowledgements do not count. */
  get publishedBytes(): number {
    return this.published;
  }

  /** False from the first packet on that is too large; the stream cannot be followed beyond it. */
  allows(piece: Uint8Array): boolean {
    let at = 0;
    while (at < piece.length) {
      if (this.remaining > 0) {
        const pass = Math.min(this.remaining, piece.length - at);
        this.remaining -= pass;
        if (this.isPublish) this.published += pass;
        at += pass;
      } else if (!this.inHeader) {
        this.inHeader = true;
        this.isPublish = (piece[at] ?? 0) >> 4 === PUBLISH;
        this.length = 0;
        this.shift = 0;
        at += 1;
      } else {
        if (!this.takeLengthByte(piece[at] ?? 0)) return false;
        at += 1;
      }
    }
    return true;
  }

  private takeLengthByte(byte: number): boolean {
    this.length += (byte & 0x7f) * 2 ** this.shift;
    this.shift += 7;
    const goesOn = (byte & 0x80) !== 0;
    if (this.length > this.maxBytes || (goesOn && this.shift > 21)) return false;
    if (!goesOn) {
      this.inHeader = false;
      this.remaining = this.length;
    }
    return true;
  }
}
