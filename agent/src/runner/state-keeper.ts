import type { DeviceState } from '../core/device-state.js';

type Change = (state: DeviceState) => DeviceState;

export interface StateWriter {
  save(state: DeviceState): Promise<void>;
}

/** The one holder of the device's state: what it shows is on disk, except where a full disk must not stop a retreat. */
export class StateKeeper {
  private queue: Promise<unknown> = Promise.resolve();
  private unsaved = false;

  constructor(
    private current: DeviceState,
    private readonly writer: StateWriter,
    private readonly onChange: () => void,
  ) {}

  get state(): DeviceState {
    return this.current;
  }

  get isUnsaved(): boolean {
    return this.unsaved;
  }

  /** On disk first, then in effect. @throws AgentError `disk-full`, `storage-error`; nothing has changed then */
  update(change: Change): Promise<void> {
    return this.inTurn(async () => {
      const next = change(this.current);
      // Nothing is asked of the disk: what a former `force` still owes it must not hold up what changes nothing.
      if (next === this.current) return;
      await this.writer.save(next);
      this.unsaved = false;
      this.take(next);
    });
  }

  /** In effect whatever the disk says; written later where it fails now. */
  force(change: Change): Promise<void> {
    return this.inTurn(async () => {
      const next = change(this.current);
      this.take(next);
      this.unsaved = true;
      await this.trySave();
    });
  }

  /** Writes what a former `force` could not. */
  catchUp(): Promise<void> {
    return this.inTurn(async () => {
      if (this.unsaved) await this.trySave();
    });
  }

  private async trySave(): Promise<void> {
    await this.writer.save(this.current).then(
      () => {
        this.unsaved = false;
      },
      () => undefined,
    );
  }

  private take(next: DeviceState): void {
    if (next === this.current) return;
    this.current = next;
    this.onChange();
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }
}
