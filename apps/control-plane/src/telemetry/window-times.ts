import type { TelemetryWindow } from '@hamon/contracts';

/** Windows are partitioned by day: a window from the future would need a partition that does not exist yet. */
const MAX_AHEAD_MS = 10 * 60_000;
/** Longer than an agent's longest interval (an hour) and a restart. */
const MAX_LENGTH_MS = 2 * 3_600_000;
/** A device may have been offline for that long and send its windows late. */
const MAX_AGE_MS = 31 * 86_400_000;

/** The rule that a window's times break, or undefined. A device's clock may be wrong; such a window is no evidence. */
export function judgeTimes(
  { startedAt, endedAt }: Pick<TelemetryWindow, 'startedAt' | 'endedAt'>,
  now: Date,
): string | undefined {
  const started = Date.parse(startedAt);
  const ended = Date.parse(endedAt);
  if (ended < started) return 'endedAt: must not be before startedAt';
  if (ended - started > MAX_LENGTH_MS) return 'endedAt: a window lasts two hours at most';
  if (ended > now.getTime() + MAX_AHEAD_MS) return 'endedAt: must not be more than ten minutes in the future';
  if (started < now.getTime() - MAX_AGE_MS) return 'startedAt: must not be more than 31 days ago';
  return undefined;
}
