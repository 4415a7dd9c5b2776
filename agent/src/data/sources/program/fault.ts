import { backoffMs } from '../../../core/backoff.js';

/** How soon it is tried again. */
export type FaultKind =
  /** Not there now: the camera comes back within seconds of its return. */
  | 'absent'
  /** Many cameras lock out who offers a wrong password again and again. */
  | 'refused'
  /** Somebody has to change something first. */
  | 'broken';

export interface Fault {
  readonly kind: FaultKind;
  /** One sentence for the person who has to act. */
  readonly detail: string;
}

const WAITS = {
  absent: { firstMs: 250, maxMs: 2000 },
  refused: { firstMs: 10_000, maxMs: 300_000 },
  broken: { firstMs: 1000, maxMs: 30_000 },
};

/** @param attempt from 0, since one that lasted */
export const waitAfter = ({ kind }: Fault, attempt: number, random: number): number =>
  backoffMs(attempt, WAITS[kind], random);
