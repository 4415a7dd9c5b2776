import type { ConfigOrder, ConfigReason, ConfigState } from '@hamon/contracts';
import type { ConfigRecord, SentConfig } from './config-record.js';

/** How often the agent may end while one configuration is tried. */
export const MAX_ATTEMPTS = 3;

/** It was accepted: from here on it is tried, whatever is tried now. What was taken back needs no trial. */
export function accepted(record: ConfigRecord, order: ConfigOrder, digest: string, now: Date): ConfigRecord {
  const { sequence, config, trialSeconds } = order;
  const next = { ...record, newest: { sequence, digest } };
  if (config === null) return tell({ ...next, good: null, current: null }, sequence, 'applied', now);
  const current = { sequence, config, trialSeconds, state: 'trial', attempts: 0 } as const;
  return tell({ ...next, current }, sequence, 'trial', now);
}

/** It was accepted and is never tried; what is in use goes on. */
export function rejected(
  record: ConfigRecord,
  { sequence }: Pick<ConfigOrder, 'sequence'>,
  digest: string,
  reason: ConfigReason,
  now: Date,
): ConfigRecord {
  return tell({ ...record, newest: { sequence, digest } }, sequence, 'rejected', now, reason);
}

/** Written before it is applied: an agent that ends in it finds the count when it comes back. */
export const attempted = (record: ConfigRecord): ConfigRecord => counted(record, 1);

/** The attempt ended in order, so it does not count. */
export const unattempted = (record: ConfigRecord): ConfigRecord => counted(record, -1);

/**
 * The agent starts. What has not shown yet that the agent runs with it is tried again, unless the agent ended in it too
 * often. Written before anything of it takes effect.
 */
export function started(record: ConfigRecord, now: Date): ConfigRecord {
  const { current } = record;
  if (!current) return record;
  if (current.attempts >= MAX_ATTEMPTS) {
    const detail = `the agent ended ${current.attempts} times while it was tried`;
    return reverted(record, current.sequence, { code: 'boot-loop', detail }, now);
  }
  const again = {
    ...record,
    current: { ...current, state: 'trial', attempts: current.attempts + 1 } as const,
  };
  return current.state === 'trial' ? again : tell(again, current.sequence, 'trial', now);
}

/** What it changes has come up. `isWhole`: none of its settings waits for the agent's next start. */
export function applied(record: ConfigRecord, sequence: number, isWhole: boolean, now: Date): ConfigRecord {
  const { current } = record;
  if (current?.sequence !== sequence || current.state !== 'trial') return record;
  const next = isWhole
    ? { ...record, good: sentOf(current), current: null }
    : { ...record, current: { ...current, state: 'applied', attempts: 0 } as const };
  return tell(next, sequence, 'applied', now);
}

/** It did not come up: from here on what was good before counts. */
export function reverted(
  record: ConfigRecord,
  sequence: number,
  reason: ConfigReason,
  now: Date,
): ConfigRecord {
  if (record.current?.sequence !== sequence) return record;
  return tell({ ...record, current: null }, sequence, 'reverted', now, reason);
}

/** What was good cannot be used with the device's own file as it is now; it is kept, as the file may change again. */
export function unusable(record: ConfigRecord, reason: ConfigReason, now: Date): ConfigRecord {
  return record.good ? tell(record, record.good.sequence, 'reverted', now, reason) : record;
}

/** What was good is used again, after the device's own file had stood in its way. */
export function usable(record: ConfigRecord, now: Date): ConfigRecord {
  const { good, current, told } = record;
  if (!good || current || told?.sequence !== good.sequence || told.state === 'applied') return record;
  return tell(record, good.sequence, 'applied', now);
}

/** What the device uses beside its own file. */
export const inUse = ({ current, good }: ConfigRecord): SentConfig | null =>
  current ? sentOf(current) : good;

const sentOf = ({ sequence, config, trialSeconds }: SentConfig): SentConfig => ({
  ...{ sequence, config, trialSeconds },
});

function counted(record: ConfigRecord, by: number): ConfigRecord {
  const { current } = record;
  if (current?.state !== 'trial' || current.attempts + by < 0) return record;
  return { ...record, current: { ...current, attempts: current.attempts + by } };
}

const tell = (
  record: ConfigRecord,
  sequence: number,
  state: ConfigState,
  now: Date,
  reason: ConfigReason | null = null,
): ConfigRecord => ({ ...record, told: { sequence, state, reason, at: now.toISOString() } });
