interface Leased<T> {
  readonly value: T;
  users: number;
}

export interface Lease<T> {
  readonly value: T;
  /** Settles when it is given back; the last one closes it. */
  release(): Promise<void>;
}

/** Connections that several parts use: the first opens one, the last closes it. */
export class Leases<T> {
  private readonly byKey = new Map<string, Leased<T>>();

  constructor(private readonly close: (value: T) => Promise<void>) {}

  take(key: string, open: () => T): Lease<T> {
    const leased = this.byKey.get(key) ?? { value: open(), users: 0 };
    this.byKey.set(key, leased);
    leased.users += 1;
    let isReleased = false;
    return {
      value: leased.value,
      release: async () => {
        if (isReleased) return;
        isReleased = true;
        leased.users -= 1;
        if (leased.users > 0) return;
        this.byKey.delete(key);
        await this.close(leased.value);
      },
    };
  }
}
