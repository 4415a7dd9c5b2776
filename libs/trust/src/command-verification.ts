import {
  DeviceCommand,
  err,
  ok,
  type CommandRejection,
  type GeneralJws,
  type PublicJwk,
  type Result,
} from '@hamon/contracts';
import { openAddressed, type Addressee } from './addressed-document.js';
import { COMMAND_TYPE } from './command-signing.js';
import { readDocument } from './signed-document.js';

export interface CommandRefusal {
  readonly code: CommandRejection;
  /** One sentence for the device's log and the operator. */
  readonly detail: string;
  /** Set for an expired command that is addressed to this device: its sender is told why nothing happens. */
  readonly command?: DeviceCommand;
}

export interface CommandExpectations extends Addressee {
  /** What the expiry is compared with; on a device the later of its clock and its time floor. */
  readonly now: Date;
}

/**
 * A command as received, decoded from JSON but otherwise untrusted → its signed form. It is trusted for nothing before
 * `verifyCommand`.
 */
export function readCommand(json: unknown): Result<GeneralJws, CommandRefusal> {
  const read = readDocument(json);
  return read.ok ? read : refuse(`command-${read.error.fault}`, read.error.detail);
}

/**
 * Checks a command: algorithm, type, signature under the pinned key, payload, fleet, device, expiry, in this order; the
 * first broken rule is the answer. Whether it is a repetition is for the device's own record to say.
 *
 * @param pinnedKey the manifest key learnt at enrolment
 */
export async function verifyCommand(
  jws: GeneralJws,
  pinnedKey: PublicJwk,
  { now, ...addressee }: CommandExpectations,
): Promise<Result<DeviceCommand, CommandRefusal>> {
  const opened = await openAddressed(jws, COMMAND_TYPE, DeviceCommand, pinnedKey, addressee);
  if (!opened.ok) return refuse(`command-${opened.error.fault}`, opened.error.detail);
  const command = opened.value;
  if (Date.parse(command.expiresAt) <= now.getTime()) {
    const detail = `expired at ${command.expiresAt}, it is ${now.toISOString()}`;
    return err({ code: 'command-expired', detail, command });
  }
  return ok(command);
}

const refuse = (code: CommandRejection, detail: string) => err({ code, detail: detail.slice(0, 500) });
