/** Takes a message; where it answers a promise, the next one may come when that resolves. */
export type Taker = (topic: string, payload: Buffer) => void | Promise<void>;

export interface Parcel {
  readonly device: string;
  /** The connection that it came by; a will has none, as its connection is gone. */
  readonly connection: object | undefined;
  readonly topic: string;
  readonly payload: Buffer;
  /** Called with whether it was taken: only then may the sender believe so. */
  readonly done: (taken: boolean) => void;
}

/**
 * Passes messages of one fleet's devices to the store, one after the other, devices in turn. A message is
 * acknowledged to its sender once it is taken, never while it waits: if anything ends meanwhile, the sender still has it.
 *
 * Bounded by the number of connections: of each waits what the broker reads of it at once, and it goes with the connection;
 * of a device's wills only the newest waits.
 */
export class HandOver {
  /** Devices in the order of their turns. */
  private readonly waiting = new Map<string, Parcel[]>();
  private taker: Taker | undefined;
  private isBusy = false;

  constructor(
    private readonly fault: (cause: unknown) => void,
    /** Called when nothing waits and nothing is under way. */
    private readonly idle: () => void,
  ) {}

  /** Until there is a taker, messages wait. */
  to(taker: Taker): void {
    this.taker = taker;
    this.pump();
  }

  offer(parcel: Parcel): void {
    const own = this.waiting.get(parcel.device) ?? [];
    const kept = parcel.connection === undefined ? own.filter(({ connection }) => connection) : own;
    this.waiting.set(parcel.device, [...kept, parcel]);
    this.pump();
  }

  /** Drops what this connection sent and nobody took: the sender still has it. */
  leave(device: string, connection: object): void {
    const left = (this.waiting.get(device) ?? []).filter((parcel) => parcel.connection !== connection);
    if (left.length > 0) this.waiting.set(device, left);
    else this.waiting.delete(device);
    this.noteIdle();
  }

  /** Takes no more of what waits. */
  refuseAll(): void {
    const refused = [...this.waiting.values()].flat();
    this.waiting.clear();
    for (const { done } of refused) done(false);
    this.noteIdle();
  }

  private pump(): void {
    while (this.taker && !this.isBusy) {
      const parcel = this.next();
      if (!parcel) break;
      // Before it is taken: once told, the broker reads on at once, and brings the next one.
      this.isBusy = true;
      const taking = this.take(this.taker, parcel);
      if (taking) void taking.catch(this.fault).finally(() => this.goOn());
      else this.isBusy = false;
    }
    this.noteIdle();
  }

  private noteIdle(): void {
    if (!this.isBusy && this.waiting.size === 0) this.idle();
  }

  private goOn(): void {
    this.isBusy = false;
    this.pump();
  }

  /** A message that fails counts as taken: sent again it would fail again. */
  private take(taker: Taker, { topic, payload, done }: Parcel): void | Promise<void> {
    try {
      return taker(topic, payload);
    } catch (cause) {
      this.fault(cause);
    } finally {
      done(true);
    }
  }

  private next(): Parcel | undefined {
    const [turn] = this.waiting;
    if (!turn) return undefined;
    const [device, [first, ...rest]] = turn;
    this.waiting.delete(device);
    if (rest.length > 0) this.waiting.set(device, rest);
    return first;
  }
}
