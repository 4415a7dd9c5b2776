import type { OpcuaOrder, StreamValues } from './messages.js';

type Send = (order: OpcuaOrder, done: () => void) => void;

interface Kept {
  frames: number;
  /** Made when it is sent; the newest alone is. */
  make: ((frames: number) => StreamValues) | null;
  isSent: boolean;
  /** False of a stream that has left, and whose frames are counted on if it comes again. */
  isHere: boolean;
}

/**
 * The newest values of each stream on their way to another process. One message of a stream is under way at a time: values
 * that come meanwhile take each other's place.
 */
export class NewestValues {
  private readonly streams = new Map<string, Kept>();
  private send: Send | undefined;
  private readonly underWay = new Set<string>();

  expect(stream: string): void {
    const kept = this.of(stream);
    if (kept.isHere) return;
    kept.isHere = true;
    this.send?.({ kind: 'expect', stream }, () => undefined);
  }

  leave(stream: string): void {
    Object.assign(this.of(stream), { make: null, isSent: true, isHere: false });
    this.send?.({ kind: 'leave', stream }, () => undefined);
  }

  put(stream: string, make: (frames: number) => StreamValues): void {
    const kept = this.of(stream);
    kept.frames += 1;
    kept.make = make;
    kept.isSent = false;
    kept.isHere = true;
    this.pass(stream, kept);
  }

  /** From now on, and all that there are so far. */
  sendTo(send: Send): void {
    this.send = send;
    this.underWay.clear();
    for (const [stream, kept] of this.streams) {
      if (!kept.isHere) continue;
      kept.isSent = false;
      send({ kind: 'expect', stream }, () => undefined);
      this.pass(stream, kept);
    }
  }

  stopSending(): void {
    this.send = undefined;
  }

  private of(stream: string): Kept {
    const known = this.streams.get(stream) ?? { frames: 0, make: null, isSent: true, isHere: false };
    this.streams.set(stream, known);
    return known;
  }

  private pass(stream: string, kept: Kept): void {
    const { send } = this;
    if (!send || !kept.make || kept.isSent || this.underWay.has(stream)) return;
    kept.isSent = true;
    this.underWay.add(stream);
    send({ kind: 'show', stream, values: kept.make(kept.frames) }, () => {
      // Of a process that has ended meanwhile, nothing is waited for.
      if (this.send !== send) return;
      this.underWay.delete(stream);
      this.pass(stream, kept);
    });
  }
}
