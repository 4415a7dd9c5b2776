import { z } from 'zod';
import { CommandReason, MAX_LOG_LINES } from '../command.js';
import { DeviceId, Timestamp } from '../names.js';

const expiresInSeconds = z.int().min(10).max(86_400).default(600);

/** What can be asked of a device at once; benchmarks have a request of their own. */
export const RequestCommand = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('logs'),
    lines: z.int().min(1).max(MAX_LOG_LINES).default(200),
    /** The device is waited for no longer than this. */
    expiresInSeconds,
  }),
  z.strictObject({ kind: z.literal('restart'), expiresInSeconds }),
]);
export type RequestCommand = z.infer<typeof RequestCommand>;

export const COMMAND_KINDS = ['logs', 'restart'] as const;
/** `accepted`: a device that is asked to restart has heard it. */
export const COMMAND_STATES = [
  'requested',
  'accepted',
  'succeeded',
  'refused',
  'expired',
  'cancelled',
] as const;
export const CommandState = z.enum(COMMAND_STATES);
export type CommandState = z.infer<typeof CommandState>;

export const CommandView = z.object({
  id: z.uuid(),
  device: DeviceId,
  kind: z.enum(COMMAND_KINDS),
  state: CommandState,
  requestedAt: Timestamp,
  expiresAt: Timestamp,
  endedAt: Timestamp.nullable(),
  reason: CommandReason.nullable(),
  /** Of the agent's log, oldest first; null until they have come, and where they are no longer kept. */
  lines: z.array(z.string()).nullable(),
});
export type CommandView = z.infer<typeof CommandView>;
