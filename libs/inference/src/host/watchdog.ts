/** How late a timer must be for its host to have been suspended itself. */
const SUSPENDED_MS = 500;

/** Calls `onHang` once when it was armed for longer than `hangMs`. */
export class Watchdog {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly hangMs: number,
    private readonly onHang: () => void,
  ) {}

  arm(hangMs = this.hangMs): void {
    this.disarm();
    const dueAt = performance.now() + hangMs;
    this.timer = setTimeout(() => {
      // Where this process stood still as well (a suspended machine, a stopped container), the answer may wait unread:
      // the child gets its time once more instead of being killed for the host's sleep.
      if (performance.now() - dueAt > SUSPENDED_MS) this.arm(hangMs);
      else this.onHang();
    }, hangMs);
    // An idle child must not keep a program alive that is done.
    this.timer.unref();
  }

  disarm(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
