import type { BenchmarkCommand, BenchmarkReason, BenchmarkReply, CancelCommand } from '@hamon/contracts';
import { ended, replyTo, type BenchmarkRecord } from './benchmark-record.js';

export interface CommandAcceptance {
  /** The same object where nothing changes. */
  readonly next: BenchmarkRecord;
  /** `standing`: how far the work of this id is, or how it ended. */
  readonly answer: 'standing' | BenchmarkReply;
}

/**
 * What becomes of a command whose signature, addressee and expiry hold already. The same id again is no news. Commands
 * to a device are issued one after the other: one that is not newer than the newest obeyed one is a replay.
 * A newer benchmark takes the place of an open one, which the control plane has given up.
 */
export function acceptCommand(
  command: BenchmarkCommand | CancelCommand,
  record: BenchmarkRecord,
  now: Date,
): CommandAcceptance {
  const { id, issuedAt } = command;
  if (record.last?.id === id && !record.open) return { next: record, answer: 'standing' };
  if (command.kind === 'benchmark' && record.open?.command.id === id) {
    return { next: record, answer: 'standing' };
  }
  const isNewer = record.newest === null || Date.parse(issuedAt) > Date.parse(record.newest);
  if (command.kind === 'cancel') {
    const seen = isNewer ? { ...record, newest: issuedAt } : record;
    const content = { state: 'cancelled', reason: CANCELLED } as const;
    if (record.open?.command.id === id) return { next: ended(seen, content, now), answer: 'standing' };
    return { next: seen, answer: replyTo(command, content, now) };
  }
  if (!isNewer) {
    const detail = `issued at ${issuedAt}, this device has obeyed one of ${record.newest ?? ''}`;
    const reason: BenchmarkReason = { code: 'command-replayed', detail };
    return { next: record, answer: replyTo(command, { state: 'refused', reason }, now) };
  }
  const open = { command, acceptedAt: now.toISOString(), attempts: 0, reason: null };
  return { next: { ...record, newest: issuedAt, open, last: null, told: true }, answer: 'standing' };
}

const CANCELLED: BenchmarkReason = { code: 'cancelled', detail: 'the control plane took it back' };
