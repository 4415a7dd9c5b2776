import {
  ConfigOrder,
  err,
  type ConfigRejection,
  type GeneralJws,
  type PublicJwk,
  type Result,
} from '@hamon/contracts';
import { openAddressed, type Addressee } from './addressed-document.js';
import { CONFIG_TYPE } from './config-signing.js';
import { readDocument } from './signed-document.js';

/** The reasons that an order's bytes alone can give; the rules on sequences need the device's record and live there. */
export type ConfigRefusalCode = Exclude<ConfigRejection, 'config-older' | 'config-conflict'>;

export interface ConfigRefusal {
  readonly code: ConfigRefusalCode;
  /** One sentence for the device's log and the operator. */
  readonly detail: string;
}

/**
 * A configuration as received, decoded from JSON but otherwise untrusted → its signed form. It is trusted for nothing
 * before `verifyConfig`.
 */
export function readConfigOrder(json: unknown): Result<GeneralJws, ConfigRefusal> {
  const read = readDocument(json);
  return read.ok ? read : refuse(`config-${read.error.fault}`, read.error.detail);
}

/**
 * Checks a configuration: algorithm, type, signature under the pinned key, payload, fleet, device, in this order; the
 * first broken rule is the answer. What it configures is judged by the device, which knows its own file.
 *
 * @param pinnedKey the manifest key learnt at enrolment
 */
export async function verifyConfig(
  jws: GeneralJws,
  pinnedKey: PublicJwk,
  addressee: Addressee,
): Promise<Result<ConfigOrder, ConfigRefusal>> {
  const opened = await openAddressed(jws, CONFIG_TYPE, ConfigOrder, pinnedKey, addressee);
  return opened.ok ? opened : refuse(`config-${opened.error.fault}`, opened.error.detail);
}

const refuse = (code: ConfigRefusalCode, detail: string) => err({ code, detail: detail.slice(0, 500) });
