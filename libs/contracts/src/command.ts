import { z } from 'zod';
import {
  BenchmarkProgress,
  BenchmarkReason,
  BenchmarkResult,
  BenchmarkTask,
  MAX_BENCHMARK_VARIANTS,
} from './benchmark.js';
import { DeviceId, FleetId, Timestamp } from './names.js';

/** Lines of its log that a device sends at most; they also take no more than `MAX_LOG_BYTES`. */
export const MAX_LOG_LINES = 2000;
/** As JSON strings, so that a reply always fits into one message. */
export const MAX_LOG_BYTES = 100 * 1024;

const addressed = {
  schema: z.literal('hamon.command/1'),
  fleet: FleetId,
  device: DeviceId,
  /** Names the work: replies carry it, and the same id again is the same work. */
  id: z.uuid(),
  /** Later for each further command to a device: an older one is no longer obeyed. */
  issuedAt: Timestamp,
  expiresAt: Timestamp,
};

/** Measure the variants of a version in idle time. */
export const BenchmarkCommand = z.strictObject({
  ...addressed,
  kind: z.literal('benchmark'),
  benchmark: BenchmarkTask,
});
export type BenchmarkCommand = z.infer<typeof BenchmarkCommand>;

/** Give up the work of this id; nobody waits for it. */
export const CancelCommand = z.strictObject({ ...addressed, kind: z.literal('cancel') });
export type CancelCommand = z.infer<typeof CancelCommand>;

/**
 * `hamon.command/1`: work asked of one device. The payload of a JWS (RFC 7515, general JSON serialization) by the
 * manifest key, of a type of its own. Not retained: it is sent again while the work is open.
 */
export const DeviceCommand = z.discriminatedUnion('kind', [BenchmarkCommand, CancelCommand]);
export type DeviceCommand = z.infer<typeof DeviceCommand>;

/** Why a command is refused by its bytes alone. */
export const COMMAND_REJECTIONS = [
  'command-malformed',
  'command-unsigned',
  'command-bad-signature',
  'command-foreign-fleet',
  'command-foreign-device',
  'command-expired',
] as const;
export type CommandRejection = (typeof COMMAND_REJECTIONS)[number];

export const REPLY_STATES = ['accepted', 'running', 'succeeded', 'failed', 'refused', 'cancelled'] as const;
export const ReplyState = z.enum(REPLY_STATES);
export type ReplyState = z.infer<typeof ReplyState>;

/** No further reply with another state follows. */
export const isFinalReply = (state: ReplyState): boolean => state !== 'accepted' && state !== 'running';

/** Why a device does not obey a command that is no benchmark. */
export const COMMAND_REASONS = ['command-expired', 'command-replayed', 'disk-full', 'storage-error'] as const;
export const CommandReason = z.strictObject({
  code: z.enum(COMMAND_REASONS),
  detail: z.string().max(500),
});
export type CommandReason = z.infer<typeof CommandReason>;

/** `hamon.reply/1`: the progress of a command's work. Delivered at least once; a later state replaces an earlier one. */
export const DeviceReply = z
  .strictObject({
    schema: z.literal('hamon.reply/1'),
    /** Of the command. */
    id: z.uuid(),
    device: DeviceId,
    at: Timestamp,
    kind: z.literal('benchmark'),
    state: ReplyState,
    progress: BenchmarkProgress.nullable(),
    reason: BenchmarkReason.nullable(),
    /** With `succeeded`. */
    results: z.array(BenchmarkResult).max(MAX_BENCHMARK_VARIANTS),
  })
  .refine(({ state, results }) => (state === 'succeeded') === results.length > 0, {
    path: ['results'],
    message: 'belong to state "succeeded", and to no other',
  });
export type DeviceReply = z.infer<typeof DeviceReply>;
