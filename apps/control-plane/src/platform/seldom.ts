/** Logs the same thing once in a while, with how often it was left out since. */
export class Seldom {
  private quietUntilMs = -Infinity;
  private suppressed = 0;

  constructor(private readonly everyMs: number) {}

  say(speak: (suppressed: number) => void, nowMs = performance.now()): void {
    if (nowMs < this.quietUntilMs) {
      this.suppressed += 1;
      return;
    }
    this.quietUntilMs = nowMs + this.everyMs;
    speak(this.suppressed);
    this.suppressed = 0;
  }
}
