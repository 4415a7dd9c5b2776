import { relative, sep } from 'node:path';
import { chunkFile } from '@hamon/content';
import { CompressionSample, fieldProblems } from '@hamon/contracts';
import { CliError } from '../cli-error.js';
import type { LocalFile } from './read-bundle-folder.js';

/** The images of a folder as `hamon compress` finds them, and what says what they show, each with its digest. */
export async function readSampleFolder(folder: string): Promise<readonly LocalFile[]> {
  // Loaded only here: no other command needs a model library.
  const { folderFiles } = await import('@hamon/compress');
  const files: LocalFile[] = [];
  for (const source of await folderFiles(folder)) {
    const { sha256, length } = await chunkFile(source);
    const path = relative(folder, source).split(sep).join('/');
    const checked = CompressionSample.safeParse({ path, sha256, length });
    if (!checked.success) {
      const rules = fieldProblems(checked.error).map(({ field, rule }) => `${field} ${rule}`);
      throw new CliError('local-file', `${source} cannot be sent: ${rules.join('; ')}`, {
        cause: checked.error,
      });
    }
    files.push({ path, source, sha256, length });
  }
  return files;
}
