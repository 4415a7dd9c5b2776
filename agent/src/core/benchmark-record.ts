import { BenchmarkCommand, BenchmarkReason, BenchmarkReply, Timestamp } from '@hamon/contracts';
import { z } from 'zod';

/** All of a benchmark that must survive a power cut, `hamon.agent-benchmark/1`. */
export const BenchmarkRecord = z.strictObject({
  schema: z.literal('hamon.agent-benchmark/1'),
  /** When the newest obeyed command was issued: nothing older is obeyed. */
  newest: Timestamp.nullable(),
  open: z
    .strictObject({
      command: BenchmarkCommand,
      acceptedAt: Timestamp,
      /** Begun measurements; one that ends in an orderly way does not count. */
      attempts: z.int().min(0),
      /** Why the last one failed. */
      reason: BenchmarkReason.nullable(),
    })
    .nullable(),
  /** How the newest ended work ended, in the words that the control plane is told. */
  last: BenchmarkReply.nullable(),
  /** The control plane's broker has `last`. */
  told: z.boolean(),
});
export type BenchmarkRecord = z.infer<typeof BenchmarkRecord>;

export const EMPTY_RECORD: BenchmarkRecord = {
  schema: 'hamon.agent-benchmark/1',
  newest: null,
  open: null,
  last: null,
  told: true,
};

/** What a reply says beside its addressing. */
export type ReplyContent = Pick<BenchmarkReply, 'state'> &
  Partial<Pick<BenchmarkReply, 'progress' | 'reason' | 'results'>>;

export const replyTo = (
  { id, device }: Pick<BenchmarkReply, 'id' | 'device'>,
  { state, progress = null, reason = null, results = [] }: ReplyContent,
  now: Date,
): BenchmarkReply => ({
  schema: 'hamon.reply/1',
  id,
  device,
  at: now.toISOString(),
  kind: 'benchmark',
  ...{ state, progress, reason, results },
});

/** The open work ended like this. */
export function ended(record: BenchmarkRecord, content: ReplyContent, now: Date): BenchmarkRecord {
  if (!record.open) return record;
  return { ...record, open: null, last: replyTo(record.open.command, content, now), told: false };
}

/** When nobody waits for the open work any longer. */
export function deadlineOf({ command, acceptedAt }: NonNullable<BenchmarkRecord['open']>): number {
  const own = Date.parse(acceptedAt) + command.benchmark.plan.deadlineSeconds * 1000;
  return Math.min(own, Date.parse(command.expiresAt));
}
