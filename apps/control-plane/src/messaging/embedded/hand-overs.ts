import { HandOver, type Parcel, type Taker } from './hand-over.js';

/**
 * One hand-over for each fleet: where the taker has no room for one fleet's messages, no other fleet waits. A fleet is the
 * one that its device enrolled in, not what a topic says; its hand-over lasts while something of it waits or is being taken.
 */
export class HandOvers {
  private readonly byFleet = new Map<string, HandOver>();
  private taker: Taker | undefined;
  private isClosed = false;

  constructor(private readonly fault: (cause: unknown) => void) {}

  /** Fleets with a message that waits or is being taken. */
  get size(): number {
    return this.byFleet.size;
  }

  /** Until there is a taker, messages wait. */
  to(taker: Taker): void {
    this.taker = taker;
    for (const handOver of this.byFleet.values()) handOver.to(taker);
  }

  offer(fleet: string, parcel: Parcel): void {
    if (this.isClosed) parcel.done(false);
    else (this.byFleet.get(fleet) ?? this.open(fleet)).offer(parcel);
  }

  /** Drops what this connection sent and nobody took: the sender still has it. */
  leave(fleet: string, device: string, connection: object): void {
    this.byFleet.get(fleet)?.leave(device, connection);
  }

  /** Takes no more messages. */
  close(): void {
    this.isClosed = true;
    for (const handOver of this.byFleet.values()) handOver.refuseAll();
  }

  private open(fleet: string): HandOver {
    const handOver = new HandOver(this.fault, () => this.byFleet.delete(fleet));
    // Before it is registered: while nothing waits it would report that it is idle.
    if (this.taker) handOver.to(this.taker);
    this.byFleet.set(fleet, handOver);
    return handOver;
  }
}
