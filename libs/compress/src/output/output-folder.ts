import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CompressError } from '../errors.js';

/** Made by every run, so that a folder shows whether it may be replaced. */
export const REPORT_FILE = 'report.json';

/**
 * A folder that appears as a whole or not at all: files are written beside it and it is put in its place at the end.
 * An earlier result at the same place is replaced, anything else is refused.
 */
export class OutputFolder {
  private constructor(
    /** Where files are written meanwhile. */
    readonly draft: string,
    /** Where they will be. */
    readonly path: string,
  ) {}

  /** @throws CompressError `option-invalid` for a place that holds something else or cannot be written */
  static async open(path: string): Promise<OutputFolder> {
    const target = resolve(path);
    await refuseStrangers(target);
    try {
      await mkdir(dirname(target), { recursive: true });
      const draft = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
      // A temporary folder is its owner's alone; a result is read by whoever may read its neighbours.
      await chmod(draft, 0o777 & ~process.umask());
      return new OutputFolder(draft, target);
    } catch (cause) {
      throw new CompressError(
        'option-invalid',
        `--out ${path} cannot be written: ${(cause as Error).message}`,
        {
          cause,
        },
      );
    }
  }

  async write(path: string, content: Uint8Array | string): Promise<string> {
    const file = join(this.draft, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  }

  /** @param path of a file or folder in the draft */
  async remove(path: string): Promise<void> {
    await rm(join(this.draft, path), { recursive: true, force: true });
  }

  /** Puts the folder in its place. */
  async publish(): Promise<void> {
    await refuseStrangers(this.path);
    const former = `${this.draft}-former`;
    const hadFormer = await rename(this.path, former).then(
      () => true,
      () => false,
    );
    await rename(this.draft, this.path);
    if (hadFormer) await rm(former, { recursive: true, force: true });
  }

  async discard(): Promise<void> {
    await rm(this.draft, { recursive: true, force: true });
  }
}

async function refuseStrangers(target: string): Promise<void> {
  const entries = await readdir(target).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw new CompressError('option-invalid', `--out ${target} is no folder that can be read`, { cause });
  });
  if (entries.length === 0 || (await isResult(target))) return;
  throw new CompressError(
    'option-invalid',
    `--out ${target} holds files that are not the result of an earlier run; name an empty or new folder`,
  );
}

async function isResult(target: string): Promise<boolean> {
  const text = await readFile(join(target, REPORT_FILE), 'utf8').catch(() => '');
  return text.startsWith('{') && text.includes('"hamon.compress-report/1"');
}
