/** Frames that may be under way at once. Who waits for a place gets it in the order of coming. */
export class Places {
  private taken = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly places: number) {}

  get used(): number {
    return this.taken;
  }

  /** Returns how to give it back, to be called once; undefined where all are taken. */
  tryTake(): (() => void) | undefined {
    if (this.taken >= this.places) return undefined;
    this.taken += 1;
    return () => this.giveBack();
  }

  /** Null where the signal is aborted first. */
  async take(signal: AbortSignal): Promise<(() => void) | null> {
    if (signal.aborted) return null;
    const free = this.waiting.size === 0 ? this.tryTake() : undefined;
    if (free) return free;
    return new Promise((resolve) => {
      const handedOn = (): void => {
        this.waiting.delete(handedOn);
        signal.removeEventListener('abort', given);
        resolve(() => this.giveBack());
      };
      const given = (): void => {
        this.waiting.delete(handedOn);
        resolve(null);
      };
      this.waiting.add(handedOn);
      signal.addEventListener('abort', given, { once: true });
    });
  }

  /** The place is handed on; nobody who comes in between takes it. */
  private giveBack(): void {
    const [next] = this.waiting;
    if (next) next();
    else this.taken -= 1;
  }
}
