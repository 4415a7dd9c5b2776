import { join } from 'node:path';
import { BundlePath } from '@hamon/contracts';
import { ContentError, describingFaults } from './content-error.js';
import { nodeDisk, type Disk } from './disk.js';

export interface FolderFile {
  /** Relative to the folder, `/`-separated. */
  readonly path: string;
  readonly lengthBytes: number;
}

/** A folder with more entries is no bundle; reading on would only take memory. */
const MAX_ENTRIES = 10_000;

/**
 * All files below a folder, by path. Hidden entries are passed over: they are an editor's or the system's. A link or a
 * special file is refused, not followed: it could name any file of this machine.
 *
 * @throws ContentError `unsafe-path`, `missing-file`, `too-large`, `io`
 */
export async function listFolder(folder: string, disk: Disk = nodeDisk): Promise<FolderFile[]> {
  const found: FolderFile[] = [];
  const pending = [''];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const names = await describingFaults(`listing ${join(folder, at)}`, () =>
      disk.list(join(folder, at ?? '')),
    );
    for (const name of names) {
      if (name.startsWith('.')) continue;
      const path = at === '' ? name : `${at}/${name}`;
      const entry = await describingFaults(`looking at ${path}`, () => disk.stat(join(folder, path)));
      if (entry?.kind === 'folder') pending.push(path);
      else if (entry?.kind === 'file') found.push({ path: safePath(path), lengthBytes: entry.lengthBytes });
      else throw new ContentError('unsafe-path', `"${path}" is a link or a special file`);
      if (found.length + pending.length > MAX_ENTRIES) {
        throw new ContentError('too-large', `${folder} holds more than ${MAX_ENTRIES} files`);
      }
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function safePath(path: string): string {
  const parsed = BundlePath.safeParse(path);
  if (parsed.success) return parsed.data;
  throw new ContentError('unsafe-path', `"${path}" ${parsed.error.issues[0]?.message ?? 'is unsafe'}`);
}
