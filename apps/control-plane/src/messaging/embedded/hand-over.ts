/** Takes a message; where it answers a promise, the next may come when that resolves. */
export type Taker = (topic: string, payload: Buffer) => void | Promise<void>;

export interface Parcel {
  readonly device: string;
  /** What it came by; a will comes by none, as its connection is gone. */
  readonly connection: object | undefined;
  readonly topic: string;
  readonly payload: Buffer;
  /** Is told whether it was taken: only then its sender may believe so. */
  readonly done: (taken: boolean) => void;
}

/**
 * Messages of one fleet's devices on their way to whoever stores them, one after the other, devices in turn. A message is
 * acknowledged to its sender once it is taken, never while it waits: whatever ends meanwhile, the sender has it still.
 *
 * Bounded by the connections that there are: what waits of one is what the broker reads of it at once, and goes with it; of a
 * device's wills the newest waits.
 */
export class HandOver {
  /** In the order of their turns. */
  private readonly waiting = new Map<string, Parcel[]>();
  private taker: Taker | undefined;
  private isBusy = false;

  constructor(
    private readonly fault: (cause: unknown) => void,
    /** Is told when nothing waits and nothing is under way. */
    private readonly idle: () => void,
  ) {}

  /** Until somebody takes them, messages wait. */
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

  /** What this connection sent and nobody took is its sender's. */
  leave(device: string, connection: object): void {
    const left = (this.waiting.get(device) ?? []).filter((parcel) => parcel.connection !== connection);
    if (left.length > 0) this.waiting.set(device, left);
    else this.waiting.delete(device);
    this.noteIdle();
  }

  /** What waits is not taken any more. */
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
      // Before it is taken: being told so, the broker reads on at once, and comes with the next.
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

  /** What cannot be dealt with is dealt with: sent again it would be no better. */
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
