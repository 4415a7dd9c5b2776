import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileIfThere, writeFileAtomically } from '@hamon/content';
import { z } from 'zod';

/** `identity.json`: which data folder this is. It holds no secret: a copy has to be able to read the original's. */
const FolderIdentity = z.strictObject({
  schema: z.literal('hamon.data-folder/1'),
  /** A copy gets a new one, a moved folder keeps it. */
  id: z.uuid(),
  /** Where the folder lay at its last start. */
  home: z.string(),
  /** The database that it belongs to, by name: its own, the embedded one, has the folder's. Null before the first start. */
  database: z.uuid().nullable(),
});
export type FolderIdentity = z.infer<typeof FolderIdentity>;

/** What a folder's identity says about where the folder was found. */
export type Whereabouts = 'new' | 'at home' | 'moved' | 'copied';

export interface FoundFolder {
  readonly whereabouts: Whereabouts;
  readonly known: FolderIdentity | undefined;
}

const pathIn = (folder: string): string => join(folder, 'identity.json');

/** A folder is a copy while the one that it was copied from is still at its place; otherwise it was moved. */
export async function findFolder(folder: string): Promise<FoundFolder> {
  const known = await readIdentity(folder);
  if (!known) return { whereabouts: 'new', known };
  if (known.home === folder) return { whereabouts: 'at home', known };
  return { whereabouts: (await isAt(known.home, known.id, folder)) ? 'copied' : 'moved', known };
}

/** Writes the identity that a folder has from now on. */
export function settledIdentity({ whereabouts, known }: FoundFolder, home: string): FolderIdentity {
  if (!known) return { schema: 'hamon.data-folder/1', id: randomUUID(), home, database: null };
  if (whereabouts !== 'copied') return { ...known, home };
  const id = randomUUID();
  // The embedded database was copied with its folder; an operator's was not.
  return { ...known, id, home, database: known.database === known.id ? id : known.database };
}

export const writeIdentity = (folder: string, identity: FolderIdentity): Promise<void> =>
  writeFileAtomically(pathIn(folder), `${JSON.stringify(identity, undefined, 2)}\n`, 0o644);

/** Does the folder have an embedded database, as far as it remembers? */
export const hadOwnDatabase = ({ id, database }: FolderIdentity): boolean => database === id;

async function readIdentity(folder: string): Promise<FolderIdentity | undefined> {
  const text = await readFileIfThere(pathIn(folder));
  if (text === undefined) return undefined;
  try {
    return FolderIdentity.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${pathIn(folder)} holds no identity of a data folder: restore it, or remove it`, {
      cause,
    });
  }
}

/** Is the folder of this identity at `home`, and another folder than `folder`, whatever their paths are? */
async function isAt(home: string, id: string, folder: string): Promise<boolean> {
  try {
    const [there, here] = await Promise.all([stat(pathIn(home)), stat(pathIn(folder))]);
    if (there.dev === here.dev && there.ino === here.ino) return false;
    return (await readIdentity(home))?.id === id;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    // Something is there that we may not read: one copy too many costs nothing, to take an original for gone does.
    if (code === 'EACCES') return true;
    throw cause;
  }
}
