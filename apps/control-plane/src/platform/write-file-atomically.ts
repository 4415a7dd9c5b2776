import { randomUUID } from 'node:crypto';
import { open, rename } from 'node:fs/promises';

/** The old file or the new one, never a part of it, also after a power cut. */
export async function writeFileAtomically(path: string, content: string, mode: number): Promise<void> {
  const partial = `${path}.${randomUUID()}`;
  const file = await open(partial, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, path);
}
