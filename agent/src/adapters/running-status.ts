import type { AgentStatus } from '../agent-status.js';
import { readFileIfThere } from './read-file-if-there.js';
import type { StatePaths } from './state-paths.js';

const TIMEOUT_MS = 3000;

/**
 * What the agent that runs with this state says; undefined where none does. A killed agent leaves its address behind.
 *
 * @param token of its local HTTP, which asks for it where it listens on another address than this machine's own
 */
export async function runningStatus(paths: StatePaths, token?: string): Promise<AgentStatus | undefined> {
  try {
    const text = await readFileIfThere(paths.running);
    if (text === undefined) return undefined;
    return await statusAt((JSON.parse(text) as { httpUrl: string }).httpUrl, token);
  } catch {
    return undefined;
  }
}

export async function statusAt(httpUrl: string, token?: string): Promise<AgentStatus | undefined> {
  try {
    const response = await fetch(new URL('/v1/status', httpUrl), {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const status = (await response.json()) as AgentStatus;
    // Another program may have the port by now.
    return status.schema === 'hamon.agent-status/1' ? status : undefined;
  } catch {
    return undefined;
  }
}
