import { ContentError, takeLock, type LockOutcome } from '@hamon/content';
import { AgentError } from '../agent-error.js';

/**
 * One agent per state folder.
 *
 * @returns how to give it back
 * @throws AgentError `already-running`, `storage-error`
 */
export async function lockStateFolder(path: string): Promise<() => Promise<void>> {
  let lock: LockOutcome;
  try {
    lock = await takeLock(path);
  } catch (cause) {
    if (!(cause instanceof ContentError)) throw cause;
    // No room for another name in the folder: a device that does not start would be worse than two that do.
    if (cause.code === 'disk-full') return async () => undefined;
    throw new AgentError('storage-error', cause.message, { cause });
  }
  if ('heldBy' in lock) {
    throw new AgentError('already-running', `an agent with process id ${lock.heldBy} uses this state folder`);
  }
  return lock.release;
}
