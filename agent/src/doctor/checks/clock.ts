import { ServerClock } from '../../adapters/server-clock.js';
import { BELIEVABLE_OFFSET_MS } from '../../core/time-floor.js';
import type { Check } from '../check.js';
import { ok, skip, warn, type Finding } from '../finding.js';
import { serverUrlOf } from './server.js';

export const clock: Check = {
  name: 'clock',
  run: async (patient, signal) => {
    const url = serverUrlOf(patient);
    if (url === undefined) return skip('not enrolled: there is no server to compare it with');
    const own = new ServerClock(url);
    if (!(await own.measure(signal))) return skip('the server does not tell its time');
    return judgeClock(own.offset ?? 0);
  },
};

/** Tokens and telemetry are dated by the server's clock: one that is off locks nobody out. */
export function judgeClock(offsetMs: number): Finding {
  const seconds = Math.abs(offsetMs) / 1000;
  if (seconds < 1) return ok('agrees with the server’s within a second');
  const says = `${Math.round(seconds)} s ${offsetMs > 0 ? 'behind' : 'ahead of'} the server’s`;
  return Math.abs(offsetMs) < BELIEVABLE_OFFSET_MS ? ok(says) : warn(says, 'sudo timedatectl set-ntp true');
}
