import { DeviceCommand, type GeneralJws } from '@hamon/contracts';
import type { SigningJwk } from './keys.js';
import { signDocument } from './signed-document.js';

/** The `typ` of a command's protected header: a manifest can never be passed off as a command, nor the reverse. */
export const COMMAND_TYPE = 'hamon-command+jws';

/**
 * Signs a command for one device, as a manifest is signed and with the same key.
 *
 * @throws ZodError where the command breaks its own contract or is too long, which is a bug of the caller.
 */
export const signCommand = async (command: DeviceCommand, key: SigningJwk): Promise<GeneralJws> =>
  signDocument(DeviceCommand.parse(command), COMMAND_TYPE, key);
