import { MAX_LOG_LINES } from '@hamon/contracts';

/** Longer lines are cut: a stack trace of a page says no more than its beginning. */
const MAX_LINE = 4096;
const MAX_BYTES = 512 * 1024;

/** The newest lines of the agent's own log, in bounded memory. */
export class LogRing {
  private readonly lines: string[] = [];
  private bytes = 0;

  add(line: string): void {
    const text = line.trimEnd().slice(0, MAX_LINE);
    if (text === '') return;
    this.lines.push(text);
    this.bytes += text.length;
    while (this.lines.length > MAX_LOG_LINES || this.bytes > MAX_BYTES) {
      this.bytes -= this.lines.shift()?.length ?? 0;
    }
  }

  /** Puts lines of the run before ahead of those of this one. */
  begin(former: readonly string[]): void {
    const own = this.lines.splice(0);
    this.bytes = 0;
    for (const line of [...former, ...own]) this.add(line);
  }

  /** Oldest first; as many of the newest as fit, each as the JSON string that it becomes on its way. */
  newest(count: number, maxBytes: number): string[] {
    const taken: string[] = [];
    let left = maxBytes;
    for (const line of this.lines.slice(-count).reverse()) {
      left -= Buffer.byteLength(JSON.stringify(line)) + 1;
      if (left < 0) break;
      taken.push(line);
    }
    return taken.reverse();
  }
}
