import {
  describeProblems,
  DeviceCommand,
  err,
  fieldProblems,
  ok,
  type CommandRejection,
  type PublicJwk,
  type Result,
} from '@hamon/contracts';
import { COMMAND_TYPE } from './command-signing.js';
import { openDocument } from './signed-document.js';

export interface CommandRefusal {
  readonly code: CommandRejection;
  /** One sentence for the device's log and the operator. */
  readonly detail: string;
  /** Of an expired one, which is the addressee's all the same: whoever asked is to learn why nothing happens. */
  readonly command?: DeviceCommand;
}

export interface CommandExpectations {
  readonly fleet: string;
  readonly device: string;
  /** What the expiry is compared with; on a device the later of its clock and its time floor. */
  readonly now: Date;
}

/**
 * Checks a command as received: shape, algorithm, type, signature under the pinned key, payload, fleet, device, expiry,
 * in this order; the first broken rule is the answer. Whether it came before is for the device's own record to say.
 *
 * @param jws what arrived, decoded from JSON but otherwise untrusted
 * @param pinnedKey the manifest key learnt at enrolment
 */
export async function verifyCommand(
  jws: unknown,
  pinnedKey: PublicJwk,
  { fleet, device, now }: CommandExpectations,
): Promise<Result<DeviceCommand, CommandRefusal>> {
  const opened = await openDocument(jws, COMMAND_TYPE, pinnedKey);
  if (!opened.ok) return refuse(`command-${opened.error.fault}`, opened.error.detail);
  const parsed = DeviceCommand.safeParse(opened.value.payload);
  if (!parsed.success) {
    return refuse('command-malformed', `payload: ${describeProblems(fieldProblems(parsed.error))}`);
  }
  const command = parsed.data;
  if (command.fleet !== fleet) {
    return refuse('command-foreign-fleet', `for fleet "${command.fleet}", this device belongs to "${fleet}"`);
  }
  if (command.device !== device) {
    return refuse('command-foreign-device', `for device "${command.device}", this is "${device}"`);
  }
  if (Date.parse(command.expiresAt) <= now.getTime()) {
    const detail = `expired at ${command.expiresAt}, it is ${now.toISOString()}`;
    return err({ code: 'command-expired', detail, command });
  }
  return ok(command);
}

const refuse = (code: CommandRejection, detail: string) => err({ code, detail: detail.slice(0, 500) });
