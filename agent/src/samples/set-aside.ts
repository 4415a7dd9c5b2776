import { dayOf } from './daily-counts.js';

const MOST_FAILURES = 3;

/**
 * Pictures that fail each time though the control plane is there. After a few failures the others go first, until the next
 * day; a restart tries all again.
 */
export class SetAside {
  private day = '';
  private readonly failures = new Map<string, number>();

  has(id: string, at: Date): boolean {
    return this.day === dayOf(at) && (this.failures.get(id) ?? 0) >= MOST_FAILURES;
  }

  /** Answers whether that was the last try for today. */
  failed(id: string, at: Date): boolean {
    if (this.day !== dayOf(at)) this.failures.clear();
    this.day = dayOf(at);
    this.failures.set(id, (this.failures.get(id) ?? 0) + 1);
    return this.has(id, at);
  }
}
