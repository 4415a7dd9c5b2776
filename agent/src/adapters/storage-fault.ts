import { AgentError } from '../agent-error.js';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What the system said about a disk, in the agent's words. */
export function storageFault(what: string, cause: unknown): AgentError {
  if (cause instanceof AgentError) return cause;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? 'unknown';
  if (FULL.has(code)) return new AgentError('disk-full', `${what}: no space left`, { cause });
  return new AgentError('storage-error', `${what}: ${code}`, { cause });
}
