import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Answers that an earlier run may have told are the latest ones: no more than a few dozen are under way at once. */
const KEPT = 4096;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Which files were begun, by the ids of their answers. An answer whose id is found here may have been told before: by this
 * agent before it was killed, or before somebody put a file back. Written before the answer can leave, and handed to the
 * disk soon after: a kill loses nothing of it, a power cut the last moments.
 */
export class BegunJournal {
  /** Oldest first. */
  private readonly begun: Set<string>;
  private file: FileHandle | undefined;
  private lines: number;
  private writing: Promise<void> = Promise.resolve();
  private syncing: Promise<void> | undefined;

  private constructor(
    private readonly path: string,
    ids: readonly string[],
    private readonly onFault: (detail: string) => void,
  ) {
    this.begun = new Set(ids.slice(-KEPT));
    // Counted as full, so that the first write makes a new file: the old one may end in half a line.
    this.lines = Infinity;
  }

  /** What cannot be read is taken for empty: files are then answered without the mark, under the same ids. */
  static async open(path: string, onFault: (detail: string) => void): Promise<BegunJournal> {
    const text = await readFile(path, 'latin1').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') onFault(`${path} cannot be read: ${cause.message}`);
      return '';
    });
    return new BegunJournal(
      path,
      text.split('\n').filter((line) => ID.test(line)),
      onFault,
    );
  }

  /** Notes that these are begun; answers which of them were begun before. */
  async begin(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const known = new Set(ids.filter((id) => this.begun.has(id)));
    for (const id of ids) {
      this.begun.delete(id);
      this.begun.add(id);
    }
    for (const id of this.begun) {
      if (this.begun.size <= KEPT) break;
      this.begun.delete(id);
    }
    const written = this.writing.then(() => this.write(ids));
    this.writing = written.catch(() => undefined);
    await written;
    return known;
  }

  async close(): Promise<void> {
    await this.writing;
    await this.syncing;
    await this.file?.close().catch(() => undefined);
    this.file = undefined;
  }

  /** A disk that takes nothing costs the mark, never the answer. */
  private async write(ids: readonly string[]): Promise<void> {
    try {
      if (this.lines >= 2 * KEPT) await this.rewrite();
      else {
        await this.file?.appendFile(ids.map((id) => `${id}\n`).join(''));
        this.lines += ids.length;
      }
      this.syncing ??= this.sync();
    } catch (cause) {
      this.lines = Infinity;
      this.onFault(`${this.path} cannot be written: ${(cause as Error).message}`);
    }
  }

  private async sync(): Promise<void> {
    await this.file?.datasync().catch(() => undefined);
    this.syncing = undefined;
  }

  private async rewrite(): Promise<void> {
    const partial = `${this.path}.partial`;
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(partial, 'w', 0o600);
    try {
      await file.appendFile([...this.begun].map((id) => `${id}\n`).join(''));
      await file.datasync();
      await rename(partial, this.path);
    } catch (cause) {
      await file.close();
      await rm(partial, { force: true });
      throw cause;
    }
    await this.syncing;
    await this.file?.close().catch(() => undefined);
    this.file = file;
    this.lines = this.begun.size;
  }
}
