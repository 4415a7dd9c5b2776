import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CompressError } from '../errors.js';
import type { CompressReport } from '../report/compress-report.js';

/** Every run writes it. A folder may be replaced where it holds nothing but the files that its report names. */
export const REPORT_FILE = 'report.json';

/**
 * A folder that appears as a whole or not at all: files are written beside it and it is put in its place at the end.
 * An earlier result at the same place is replaced where it holds nothing but the files that its report names.
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
    await refuseForeignFiles(target);
    try {
      await mkdir(dirname(target), { recursive: true });
      const draft = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
      // A temporary folder is its owner's alone; a result is read by whoever may read its neighbours.
      await chmod(draft, 0o777 & ~process.umask());
      return new OutputFolder(draft, target);
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }

  async write(path: string, content: Uint8Array | string): Promise<string> {
    const file = join(this.draft, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  }

  /** Paths of all files so far, sorted. */
  async files(): Promise<readonly string[]> {
    const files: string[] = [];
    for await (const path of walk(this.draft)) files.push(path);
    return files.sort();
  }

  /** @param path of a file or folder in the draft */
  async remove(path: string): Promise<void> {
    await rm(join(this.draft, path), { recursive: true, force: true });
  }

  /** Puts the folder in its place. */
  async publish(): Promise<void> {
    await refuseForeignFiles(this.path);
    const former = `${this.draft}-former`;
    const hadFormer = await rename(this.path, former).then(
      () => true,
      (cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT') return false;
        throw unwritable(this.path, cause);
      },
    );
    try {
      await rename(this.draft, this.path);
    } catch (cause) {
      if (hadFormer) await rename(former, this.path);
      throw unwritable(this.path, cause);
    }
    if (hadFormer) await rm(former, { recursive: true, force: true });
  }

  async discard(): Promise<void> {
    await rm(this.draft, { recursive: true, force: true });
  }
}

async function refuseForeignFiles(target: string): Promise<void> {
  const entries = await readdir(target).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw new CompressError('option-invalid', `--out ${target} is no folder that can be read`, { cause });
  });
  if (entries.length === 0) return;
  const named = await filesOfResult(target);
  if (named === undefined)
    throw new CompressError(
      'option-invalid',
      `--out ${target} holds files that are not the result of an earlier run; name an empty or new folder`,
    );
  if (named === 'unlisted')
    throw new CompressError(
      'option-invalid',
      `--out ${target} holds the result of an earlier release, which does not list its files; remove it, or name another folder`,
    );
  for await (const path of walk(target))
    if (!named.has(path))
      throw new CompressError(
        'option-invalid',
        `--out ${target} holds ${path}, which its ${REPORT_FILE} does not name; move it away, or name another folder`,
      );
}

/** The files that an earlier run left, by its report; none where there is no report of one. */
async function filesOfResult(target: string): Promise<ReadonlySet<string> | 'unlisted' | undefined> {
  try {
    const report = JSON.parse(await readFile(join(target, REPORT_FILE), 'utf8')) as Partial<CompressReport>;
    if (report.schema !== 'hamon.compress-report/1') return undefined;
    return report.files ? new Set(report.files) : 'unlisted';
  } catch (cause) {
    if (cause instanceof SyntaxError || (cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(target, cause);
  }
}

/** Everything below a folder that is no folder itself, as paths from there; folders one by one, for a reader that stops early. */
async function* walk(folder: string, within = ''): AsyncGenerator<string> {
  for (const entry of await readdir(join(folder, within), { withFileTypes: true })) {
    const path = within === '' ? entry.name : `${within}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(folder, path);
    else yield path;
  }
}

const unreadable = (path: string, cause: unknown): CompressError =>
  new CompressError('option-invalid', `--out ${path} cannot be read: ${(cause as Error).message}`, { cause });

const unwritable = (path: string, cause: unknown): CompressError =>
  new CompressError('option-invalid', `--out ${path} cannot be written: ${(cause as Error).message}`, {
    cause,
  });
