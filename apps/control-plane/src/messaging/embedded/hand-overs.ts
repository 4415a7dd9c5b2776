import { HandOver, type Parcel, type Taker } from './hand-over.js';

/**
 * One hand-over a fleet: where the taker has no room for the messages of one, nobody of another waits. A fleet is the one that
 * its device enrolled in, never what a topic says, and has a hand-over while something of it waits or is being taken.
 */
export class HandOvers {
  private readonly byFleet = new Map<string, HandOver>();
  private taker: Taker | undefined;
  private isClosed = false;

  constructor(private readonly fault: (cause: unknown) => void) {}

  /** Fleets of which something waits or is being taken. */
  get size(): number {
    return this.byFleet.size;
  }

  /** Until somebody takes them, messages wait. */
  to(taker: Taker): void {
    this.taker = taker;
    for (const handOver of this.byFleet.values()) handOver.to(taker);
  }

  offer(fleet: string, parcel: Parcel): void {
    if (this.isClosed) parcel.done(false);
    else (this.byFleet.get(fleet) ?? this.open(fleet)).offer(parcel);
  }

  /** What this connection sent and nobody took is its sender's. */
  leave(fleet: string, device: string, connection: object): void {
    this.byFleet.get(fleet)?.leave(device, connection);
  }

  /** Nothing is taken any more. */
  close(): void {
    this.isClosed = true;
    for (const handOver of this.byFleet.values()) handOver.refuseAll();
  }

  private open(fleet: string): HandOver {
    const handOver = new HandOver(this.fault, () => this.byFleet.delete(fleet));
    // Before it is known: as long as nothing waits it says that it is idle.
    if (this.taker) handOver.to(this.taker);
    this.byFleet.set(fleet, handOver);
    return handOver;
  }
}
