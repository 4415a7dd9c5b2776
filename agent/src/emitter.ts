/**
 * One thing that can happen. It exists before those who tell of it and those who listen. Listeners are called in the order
 * in which they were added; nothing is kept for later ones.
 */
export class Emitter<T extends readonly unknown[] = []> {
  private readonly listeners: ((...told: T) => void)[] = [];

  on(listener: (...told: T) => void): void {
    this.listeners.push(listener);
  }

  readonly emit = (...told: T): void => {
    for (const listener of this.listeners) listener(...told);
  };
}
