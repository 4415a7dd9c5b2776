import { bulkhead, type BulkheadPolicy } from 'cockatiel';

/** Has work on a folder's drive done in its turn. Rejects where its owner has left by then. */
export type DriveTurns = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * A drive that stops answering holds a thread for each call, and files, names and pictures of the whole process share four
 * of them. Drop folders take two at most, a folder one: another folder goes on beside one that hangs.
 */
const drives = bulkhead(2, Infinity);
/** By path: a folder that hangs and is opened anew waits for its own calls instead of taking more threads. */
const folders = new Map<string, BulkheadPolicy>();

/** @param left nothing more is begun once it is aborted */
export function driveTurns(folder: string, left: AbortSignal): DriveTurns {
  const own = folders.get(folder) ?? bulkhead(1, Infinity);
  folders.set(folder, own);
  return (work) =>
    own.execute(() => {
      left.throwIfAborted();
      return drives.execute(() => {
        left.throwIfAborted();
        return work();
      });
    });
}
