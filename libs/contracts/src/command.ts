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

/** Send the newest lines of the agent's own log. */
export const LogsCommand = z.strictObject({
  ...addressed,
  kind: z.literal('logs'),
  lines: z.int().min(1).max(MAX_LOG_LINES),
});
export type LogsCommand = z.infer<typeof LogsCommand>;

/** Stop in order and come back; whoever supervises the agent starts it again. */
export const RestartCommand = z.strictObject({ ...addressed, kind: z.literal('restart') });
export type RestartCommand = z.infer<typeof RestartCommand>;

/**
 * `hamon.command/1`: work asked of one device. The payload of a JWS (RFC 7515, general JSON serialization) by the
 * manifest key, of a type of its own. Not retained: it is sent again while the work is open.
 */
export const DeviceCommand = z.discriminatedUnion('kind', [
  BenchmarkCommand,
  CancelCommand,
  LogsCommand,
  RestartCommand,
]);
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

const told = {
  schema: z.literal('hamon.reply/1'),
  /** Of the command. */
  id: z.uuid(),
  device: DeviceId,
  at: Timestamp,
};

export const BenchmarkReply = z
  .strictObject({
    ...told,
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
export type BenchmarkReply = z.infer<typeof BenchmarkReply>;

export const LogsReply = z.strictObject({
  ...told,
  kind: z.literal('logs'),
  state: z.enum(['succeeded', 'refused']),
  reason: CommandReason.nullable(),
  /** Oldest first, each one JSON as the agent logged it. */
  lines: z.array(z.string().max(16_384)).max(MAX_LOG_LINES),
});
export type LogsReply = z.infer<typeof LogsReply>;

export const RestartReply = z.strictObject({
  ...told,
  kind: z.literal('restart'),
  /** `accepted` before it stops, `succeeded` when it is back. */
  state: z.enum(['accepted', 'succeeded', 'refused']),
  reason: CommandReason.nullable(),
});
export type RestartReply = z.infer<typeof RestartReply>;

/** `hamon.reply/1`: what becomes of a command. Delivered at least once; a later state replaces an earlier one. */
export const DeviceReply = z.discriminatedUnion('kind', [BenchmarkReply, LogsReply, RestartReply]);
export type DeviceReply = z.infer<typeof DeviceReply>;
