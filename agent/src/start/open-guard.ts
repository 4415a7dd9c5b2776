import type { Secrets } from '../adapters/secrets.js';
import { AgentError } from '../agent-error.js';
import type { AgentConfig } from '../config.js';
import { AccessGuard } from '../data/http/access-guard.js';
import { isLoopback } from '../adapters/is-loopback.js';

/** What is shorter can be guessed: nothing counts the attempts. */
const SHORTEST_TOKEN = 16;

/**
 * Who may ask the local HTTP.
 *
 * @throws AgentError `config-invalid`, `secret-missing`
 */
export async function openGuard(
  { host, token: reference }: AgentConfig['http'],
  secrets: Pick<Secrets, 'resolve'>,
): Promise<AccessGuard> {
  if (!reference) {
    if (isLoopback(host)) return new AccessGuard({ host });
    throw new AgentError(
      'config-invalid',
      `http.host: ${host} is open to the network: say what must be asked with, by "token": {"secret": NAME}, or listen on 127.0.0.1`,
    );
  }
  const token = await secrets.resolve(reference);
  if (token.length >= SHORTEST_TOKEN && /^[\x21-\x7e]+$/.test(token)) return new AccessGuard({ host, token });
  throw new AgentError(
    'config-invalid',
    `http.token: the secret "${reference.secret}" must have at least ${SHORTEST_TOKEN} printable ASCII characters without spaces: openssl rand -hex 24 makes one`,
  );
}
