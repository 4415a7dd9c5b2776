import { readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { describingFaults, systemCode } from './content-error.js';
import { lookUpProcess } from './look-up-process.js';
import { formatProcessName, isSameProcess, parseProcessName, type ProcessName } from './process-name.js';

/** What became of a lock: ours until it is released, or that of a living process (which may be this one). */
export type LockOutcome = { readonly release: () => Promise<void> } | { readonly heldBy: number };

/**
 * Takes a lock that at most one living process has, and that of a dead one whatever it was at when it died.
 *
 * The lock is a symbolic link whose target names its holder: it is there with its name or not at all, and a full disk
 * has room for it. Nobody asks a dead process to give it back: a name says which process it was (`ProcessName`), so
 * that neither a stranger with its number nor, in a container that was started again, a successor with the same one
 * passes for it.
 *
 * A dead holder's lock is replaced in one step, by rename, and only by whoever has the lock `<path>.heir`: removed and
 * taken anew instead, it could by then be the fresh lock of another who found the same. The heir's lock is such a lock
 * itself, with an heir of its own, so that one who dies in the middle of taking over holds up nobody.
 *
 * Processes that do not see each other's numbers (two containers on one folder at the same time) take each other for
 * dead.
 *
 * A folder that is copied while its lock is held is copied with the lock, which names a living process that never took it
 * there. Only the caller can know of a copy: two locks of the same name at two places are then one and its copy.
 *
 * @param copyOf the lock that this one may be a copy of, in the folder that was copied
 * @throws ContentError `disk-full` where not even a name fits into the folder, `missing-file` without a folder, `io`
 */
export async function takeLock(path: string, { copyOf }: { copyOf?: string } = {}): Promise<LockOutcome> {
  return describingFaults(`cannot take ${path}`, async () => {
    const own = ownName();
    const heldBy = await take(path, own, copyOf);
    return heldBy === undefined ? { release: () => release(path, own) } : { heldBy };
  });
}

/** The living process that has it; undefined where it is ours now. */
async function take(path: string, own: string, copyOf?: string): Promise<number | undefined> {
  while (!(await linked(path, own))) {
    const holder = await holderOf(path, copyOf);
    if (holder === 'gone') continue;
    if (holder !== 'dead') return holder.pid;
    const heir = `${path}.heir`;
    const other = await take(heir, own, copyOf && `${copyOf}.heir`);
    if (other !== undefined) return other;
    if (await succeeded(path, heir, copyOf)) return undefined;
  }
  return undefined;
}

/** By the holder of `heir`, and only by him: until he lets go of it, a dead holder's lock stays one. */
async function succeeded(path: string, heir: string, copyOf?: string): Promise<boolean> {
  let isOurs = false;
  try {
    // Another heir may have been here between the first look and the taking of his place.
    if ((await holderOf(path, copyOf)) !== 'dead') return false;
    await rename(heir, path);
    isOurs = true;
    return true;
  } finally {
    // Once renamed, the name `heir` may be somebody else's already.
    if (!isOurs) await rm(heir, { force: true });
  }
}

async function linked(path: string, own: string): Promise<boolean> {
  try {
    await symlink(own, path);
    return true;
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') return false;
    throw cause;
  }
}

async function holderOf(path: string, copyOf?: string): Promise<ProcessName | 'dead' | 'gone'> {
  const text = await textAt(path);
  if (text === undefined) return 'gone';
  if (copyOf !== undefined && text === (await textAt(copyOf))) return 'dead';
  const named = parseProcessName(text);
  const found = named && lookUpProcess(named.pid);
  return found && isSameProcess(named, found) ? found : 'dead';
}

/** A link's target, or the content of a file, which a lock once was. */
async function textAt(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    if (systemCode(cause) !== 'EINVAL') throw cause;
  }
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    // Replaced since by a link, whose target is no file.
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw cause;
  }
}

/** Leaves alone what is not ours: somebody removed our lock by hand, and another took it. */
async function release(path: string, own: string): Promise<void> {
  if ((await textAt(path)) === own) await rm(path, { force: true });
}

function ownName(): string {
  const own = lookUpProcess(process.pid);
  if (!own) throw new Error('this process does not find itself');
  return formatProcessName(own);
}
