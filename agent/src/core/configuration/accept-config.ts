import type { ConfigOrder, ConfigReason } from '@hamon/contracts';
import type { ConfigRecord } from './config-record.js';

export type ConfigAcceptance = 'news' | 'known' | ConfigReason;

/**
 * The rules on sequences, for an order whose signature and addressee hold already. Sequences only ever go up: nobody brings
 * an old configuration back by repeating an old message, and one that was gone back from is not tried again.
 *
 * @param digest of the order's bytes
 */
export function acceptConfig(
  { sequence }: Pick<ConfigOrder, 'sequence'>,
  digest: string,
  { newest }: Pick<ConfigRecord, 'newest'>,
): ConfigAcceptance {
  if (newest === null || sequence > newest.sequence) return 'news';
  if (sequence < newest.sequence) {
    const detail = `sequence ${sequence}, this device has seen ${newest.sequence}`;
    return { code: 'config-older', detail };
  }
  if (digest === newest.digest) return 'known';
  return { code: 'config-conflict', detail: `sequence ${sequence} came before with other bytes` };
}
