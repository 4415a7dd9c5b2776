/** What happens in the demo, one line an event: seconds since the start, then what happened. */
export class Timeline {
  private readonly startedAt = performance.now();

  get seconds(): number {
    return (performance.now() - this.startedAt) / 1000;
  }

  heading(text: string): void {
    this.write(`\n${this.bold(text)}`);
  }

  line(text: string): void {
    this.write(`${this.seconds.toFixed(1).padStart(6)} s  ${text}`);
  }

  private bold(text: string): string {
    return process.stdout.isTTY && !process.env['NO_COLOR'] ? `\x1b[1m${text}\x1b[0m` : text;
  }

  private write(text: string): void {
    process.stdout.write(`${text}\n`);
  }
}
