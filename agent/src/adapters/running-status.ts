import type { AgentStatus } from '../agent-status.js';
import { readFileIfThere } from './read-file-if-there.js';
import type { StatePaths } from './state-paths.js';

const TIMEOUT_MS = 3000;

/** What the agent that runs with this state says; undefined where none does. A killed agent leaves its address behind. */
export async function runningStatus(paths: StatePaths): Promise<AgentStatus | undefined> {
  try {
    const text = await readFileIfThere(paths.running);
    return text === undefined ? undefined : await statusAt((JSON.parse(text) as { httpUrl: string }).httpUrl);
  } catch {
    return undefined;
  }
}

export async function statusAt(httpUrl: string): Promise<AgentStatus | undefined> {
  try {
    const response = await fetch(new URL('/v1/status', httpUrl), { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const status = (await response.json()) as AgentStatus;
    // Another program may have the port by now.
    return status.schema === 'hamon.agent-status/1' ? status : undefined;
  } catch {
    return undefined;
  }
}
