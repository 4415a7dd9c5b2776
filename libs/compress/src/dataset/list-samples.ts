import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { CompressError } from '../errors.js';

/** One file of a folder; `label` is the name of the class subfolder that it lies in. */
export interface SampleFile {
  readonly path: string;
  readonly label: string | undefined;
}

/** More files than any calibration or evaluation needs: a wrong folder must not fill the memory with names. */
const MAX_FILES = 200_000;

/**
 * Files with one of the extensions in a folder or in its class subfolders, in order of their names.
 * @param except names of subfolders that are no classes
 * @throws CompressError `dataset-empty`, or `dataset-invalid` where the folder cannot be read or files lie both in class
 * subfolders and beside them
 */
export async function listSamples(
  dir: string,
  extensions: readonly string[],
  except: readonly string[] = [],
): Promise<readonly SampleFile[]> {
  const stats = await stat(dir).catch((cause: NodeJS.ErrnoException) => {
    throw new CompressError('dataset-invalid', `${dir} is no folder that can be read: ${cause.code}`, {
      cause,
    });
  });
  if (!stats.isDirectory())
    throw new CompressError('dataset-invalid', `${dir} is no folder that can be read`);
  const files: SampleFile[] = [];
  const collect = async (folder: string, label: string | undefined): Promise<string[]> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
      throw new CompressError('dataset-invalid', `${folder} cannot be read: ${(cause as Error).message}`, {
        cause,
      });
    });
    const visible = entries
      .filter(({ name }) => !name.startsWith('.'))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of visible)
      if (!entry.isDirectory() && extensions.includes(extname(entry.name).toLowerCase()))
        files.push({ path: join(folder, entry.name), label });
    if (files.length > MAX_FILES)
      throw new CompressError('dataset-invalid', `${dir} holds more than ${MAX_FILES} files`);
    return visible.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  };
  const classes = await collect(dir, undefined);
  const loose = files.length;
  for (const label of classes) if (!except.includes(label)) await collect(join(dir, label), label);
  if (files.length === 0)
    throw new CompressError('dataset-empty', `${dir} holds no file of type ${extensions.join(', ')}`);
  if (loose > 0 && files.length > loose)
    throw new CompressError(
      'dataset-invalid',
      `${dir} holds files beside its class subfolders (${files[0]?.path ?? ''})`,
    );
  return files;
}
