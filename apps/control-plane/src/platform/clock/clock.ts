import { Injectable } from '@nestjs/common';

/** How far the database's clock is from this machine's, measured once. */
export interface ClockReading {
  /** What the database's clock says when `performance.now()` is 0, in milliseconds since 1970. */
  readonly originMs: number;
  /** The database's time minus this machine's. */
  readonly aheadMs: number;
}

const TRIES = 3;

/**
 * Compares the clocks by the quickest of a few questions: the answer was made between sending and receiving.
 *
 * @param ask what the database's clock says, in milliseconds since 1970
 */
export async function readClock(ask: () => Promise<number>): Promise<ClockReading> {
  let best: (ClockReading & { tookMs: number }) | undefined;
  for (let i = 0; i < TRIES; i += 1) {
    const beganMs = performance.now();
    const beganAtMs = Date.now();
    const databaseMs = await ask();
    const tookMs = performance.now() - beganMs;
    const reading = {
      originMs: databaseMs - beganMs - tookMs / 2,
      aheadMs: databaseMs - beganAtMs - tookMs / 2,
    };
    if (!best || tookMs < best.tookMs) best = { ...reading, tookMs };
  }
  if (!best) throw new Error('no question was asked');
  const { originMs, aheadMs } = best;
  return { originMs, aheadMs };
}

/**
 * The one clock by which the control plane decides: the database's, which dates its rows. Two clocks that differ
 * would end soak times and tokens as soon as they begin, or never. Between two readings it goes by a monotonic
 * timer, so that setting this machine's clock changes nothing.
 *
 * Files, and signatures that others verify (a webhook's), go by the machine's clock.
 */
@Injectable()
export class Clock {
  private reading: ClockReading;

  constructor(reading: ClockReading) {
    this.reading = reading;
  }

  get aheadMs(): number {
    return this.reading.aheadMs;
  }

  nowMs(): number {
    return this.reading.originMs + performance.now();
  }

  now(): Date {
    return new Date(this.nowMs());
  }

  set(reading: ClockReading): void {
    this.reading = reading;
  }
}

/** Clocks that keep to the same servers differ by less. */
const TOLERATED_MS = 5000;

/** The warning for operators, or undefined where there is nothing to tell. */
export function clockWarning(aheadMs: number): string | undefined {
  if (Math.abs(aheadMs) < TOLERATED_MS) return undefined;
  const side = aheadMs > 0 ? 'ahead of' : 'behind';
  return (
    `the database's clock is ${describeSpan(Math.abs(aheadMs))} ${side} this machine's: deadlines, manifests, tokens and ` +
    "the time that devices are told go by the database's; have both set by NTP"
  );
}

const UNITS = [
  [86_400_000, 'days'],
  [3_600_000, 'hours'],
  [60_000, 'minutes'],
  [1000, 'seconds'],
] as const;

function describeSpan(ms: number): string {
  const [length, name] = UNITS.find(([unit]) => ms >= 2 * unit) ?? [1000, 'seconds'];
  return `${Math.round(ms / length)} ${name}`;
}
