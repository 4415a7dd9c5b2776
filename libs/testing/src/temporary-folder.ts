import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { testRunFolder } from './postgres/test-run.js';

const made: string[] = [];

/** A folder for the test file that runs, removed after its last test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(testRunFolder(), 'file-'));
  made.push(folder);
  return folder;
}

/** The set-up of each test file calls it when the file is done. */
export async function removeTemporaryFolders(): Promise<void> {
  await Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}
