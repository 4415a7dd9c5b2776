export interface StateWriter<State> {
  save(state: State): Promise<void>;
}

/**
 * The one holder of a state that must survive a power cut. What it shows is on disk, except where a full disk must not
 * stop a way back.
 */
export class StateKeeper<State> {
  private queue: Promise<unknown> = Promise.resolve();
  private unsaved = false;

  constructor(
    private current: State,
    private readonly writer: StateWriter<State>,
    private readonly onChange: () => void,
  ) {}

  get state(): State {
    return this.current;
  }

  get isUnsaved(): boolean {
    return this.unsaved;
  }

  /** On disk first, then in effect. @throws AgentError `disk-full`, `storage-error`; nothing has changed then */
  update(change: (state: State) => State): Promise<void> {
    return this.inTurn(async () => {
      const next = change(this.current);
      // What changes nothing must not fail because an earlier `force` could not be written.
      if (next === this.current) return;
      await this.writer.save(next);
      this.unsaved = false;
      this.take(next);
    });
  }

  /** In effect even where the disk fails; written later by `catchUp`. */
  force(change: (state: State) => State): Promise<void> {
    return this.inTurn(async () => {
      const next = change(this.current);
      if (next === this.current) return;
      // Reported only after the attempt to write: after a power cut the device should not know less than it has said.
      await this.trySave(next);
      this.take(next);
    });
  }

  /** Writes what an earlier `force` could not. */
  catchUp(): Promise<void> {
    return this.inTurn(async () => {
      if (this.unsaved) await this.trySave(this.current);
    });
  }

  private async trySave(state: State): Promise<void> {
    this.unsaved = await this.writer.save(state).then(
      () => false,
      () => true,
    );
  }

  private take(next: State): void {
    this.current = next;
    this.onChange();
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }
}
