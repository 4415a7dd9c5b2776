import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '@hamon/testing';

/** A folder like `/sys`, with these files in it. */
export async function sysWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  await putIn(folder, files);
  return folder;
}

export async function putIn(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    // As the kernel's files end.
    await writeFile(join(folder, path), `${text}\n`);
  }
}
