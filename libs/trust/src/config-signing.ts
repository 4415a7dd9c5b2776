import { ConfigOrder, type GeneralJws } from '@hamon/contracts';
import type { SigningJwk } from './keys.js';
import { signDocument } from './signed-document.js';

/** The `typ` of a configuration's protected header: it is never taken for a manifest or a command, nor the reverse. */
export const CONFIG_TYPE = 'hamon-config+jws';

/**
 * Signs a configuration for one device, as a manifest is signed and with the same key.
 *
 * @throws ZodError where the order breaks its own contract or is too long, which is a bug of the caller.
 */
export const signConfig = async (order: ConfigOrder, key: SigningJwk): Promise<GeneralJws> =>
  signDocument(ConfigOrder.parse(order), CONFIG_TYPE, key);
