import { MAX_LOG_LINES } from '@hamon/contracts';
import { longestFirst, secretForms, withoutSecrets } from './secret-forms.js';

/** Longer lines are cut: a stack trace of a page says no more than its beginning. */
const MAX_LINE = 4096;
const MAX_BYTES = 512 * 1024;
/** Shorter ones are in half of all words; more of them nobody has. */
const SHORTEST_SECRET = 4;
const MAX_FORMS = 512;

/** The newest lines of the agent's own log, in bounded memory. */
export class LogRing {
  private readonly lines: string[] = [];
  private bytes = 0;
  /** Those that were used last at the end. */
  private readonly secrets = new Set<string>();
  private hidden: readonly string[] = [];

  add(line: string): void {
    // Before it is cut: half a secret would not be known again.
    const text = withoutSecrets(line.trimEnd(), this.hidden).slice(0, MAX_LINE);
    if (text === '') return;
    this.lines.push(text);
    this.bytes += text.length;
    while (this.lines.length > MAX_LOG_LINES || this.bytes > MAX_BYTES) {
      this.bytes -= this.lines.shift()?.length ?? 0;
    }
  }

  /** Keeps a secret out of what is told, in the forms that a line of JSON or an address gives it. */
  hide(secret: string): void {
    if (secret.length < SHORTEST_SECRET) return;
    for (const form of secretForms(secret)) {
      this.secrets.delete(form);
      this.secrets.add(form);
    }
    // Lines that hold an older one were cleaned as they came.
    for (const form of this.secrets) {
      if (this.secrets.size <= MAX_FORMS) break;
      this.secrets.delete(form);
    }
    this.hidden = longestFirst(this.secrets);
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
    for (const whole of this.lines.slice(-count).reverse()) {
      const line = withoutSecrets(whole, this.hidden);
      left -= Buffer.byteLength(JSON.stringify(line)) + 1;
      if (left < 0) break;
      taken.push(line);
    }
    return taken.reverse();
  }
}
