import type { SampleReason } from '@hamon/contracts';
import { partsOf, type PartCounts, type PolicyPart } from './choose-reasons.js';

/** The day of a time, UTC: the machine's own zone may be changed, and a day then come twice. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** Pictures kept today, by stream and part of its policy. */
export class DailyCounts {
  private day = '';
  private byStream = new Map<string, Partial<Record<PolicyPart, number>>>();

  of(stream: string, at: Date): PartCounts {
    this.turn(at);
    return this.byStream.get(stream) ?? {};
  }

  /** @returns takes it back: the picture was lost. Does nothing once the day is over */
  add(stream: string, reasons: readonly SampleReason[], at: Date): () => void {
    this.turn(at);
    // Of a day that is over, which a restart may find on the disk.
    if (dayOf(at) !== this.day) return () => undefined;
    const counts = this.byStream.get(stream) ?? {};
    const parts = partsOf(reasons);
    const count = (by: number): void => {
      for (const part of parts) counts[part] = (counts[part] ?? 0) + by;
    };
    count(1);
    this.byStream.set(stream, counts);
    return () => count(-1);
  }

  /** A clock that is set back a little does not give a day's numbers anew; one that was years ahead does not end them. */
  private turn(at: Date): void {
    const day = dayOf(at);
    if (day === this.day) return;
    if (day < this.day && Date.parse(this.day) - at.getTime() < SET_BACK_MS) return;
    this.day = day;
    this.byStream = new Map();
  }
}

const SET_BACK_MS = 2 * 86_400_000;
