import { usage } from '../cli-error.js';
import type { Io } from '../io.js';
import { readSettings, settingsPath } from './settings-file.js';

/** Who to talk to. */
export interface ServerAccess {
  readonly server: string;
  readonly token: string;
}

export interface ServerFlags {
  readonly server?: string;
  readonly token?: string;
}

/**
 * Which server to talk to: flags, then the environment, then what `hamon login` stored. The stored token goes to the
 * server that it was stored for and to no other.
 */
export async function findServer(flags: ServerFlags, env: Io['env']): Promise<ServerAccess> {
  const named = flags.server ?? (env['HAMON_SERVER'] || undefined);
  const token = flags.token ?? (env['HAMON_TOKEN'] || undefined);
  if (named !== undefined && token !== undefined) return { server: serverUrl(named), token };
  const stored = await readSettings(settingsPath(env));
  const url = named ?? stored?.server;
  if (url === undefined) {
    throw usage(
      'which server?',
      'Log in once with "hamon login --server URL --token TOKEN", or give --server and --token.',
    );
  }
  const own = serverUrl(url);
  const known = stored && serverUrl(stored.server) === own ? stored.token : undefined;
  const use = token ?? known;
  if (use !== undefined) return { server: own, token: use };
  throw usage(
    `no token for ${own}`,
    `Log in with "hamon login --server ${own} --token TOKEN", or give --token.`,
  );
}

/** An address as a person writes it → without path parts that would be doubled, and without a slash at the end. */
export function serverUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw usage(`"${text}" is no address: write it as http://HOST:PORT or https://HOST`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw usage(`"${text}": the address must begin with http:// or https://`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw usage(`"${text}": the address must hold no user name, query or fragment`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
