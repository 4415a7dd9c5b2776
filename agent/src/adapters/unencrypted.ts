import { isUnencrypted } from '@hamon/contracts';
import { AgentError } from '../agent-error.js';

/**
 * A key that is pinned over such a connection may be anybody's, and tokens sent over one too.
 *
 * @param consent how a person can accept it all the same
 * @throws AgentError `unencrypted`
 */
export function refuseUnencrypted(urls: readonly string[], consent: string): void {
  const url = urls.find(isUnencrypted);
  if (url === undefined) return;
  throw new AgentError(
    'unencrypted',
    `${url} is not encrypted, and anyone on the way can pose as either side: use https:// and mqtts:// outside of this machine, or ${consent}`,
  );
}
