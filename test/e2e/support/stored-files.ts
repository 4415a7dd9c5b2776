import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** What a control plane keeps under a name that is not its bytes' digest, or has not finished keeping. */
export async function halfStored(dataDir: string): Promise<string[]> {
  const found = await filesBelow(join(dataDir, 'tmp'));
  for (const path of await filesBelow(join(dataDir, 'artifacts'))) {
    const digest = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    if (basename(path) !== digest) found.push(path);
  }
  return found;
}
