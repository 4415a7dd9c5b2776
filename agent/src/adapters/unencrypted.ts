import { AgentError } from '../agent-error.js';

/** Would bytes travel to this address unencrypted over a network? */
export function isUnencrypted(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  const isPlain = protocol === 'http:' || protocol === 'mqtt:' || protocol === 'tcp:';
  return isPlain && !/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

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
