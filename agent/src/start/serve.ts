import { AgentError } from '../agent-error.js';
import { startLocalHttp, type LocalHttp, type LocalHttpOptions } from '../data/http/local-http.js';
import type { Releases } from './releases.js';

/** @throws AgentError `port-taken` */
export async function serve(options: LocalHttpOptions, releases: Releases): Promise<LocalHttp> {
  try {
    const http = await startLocalHttp(options);
    releases.add(() => http.close());
    return http;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'another program listens there' : message;
    throw new AgentError('port-taken', `http ${options.host}:${options.port}: ${why}`, { cause });
  }
}
