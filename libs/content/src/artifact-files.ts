import { createHash, randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Sha256 } from '@hamon/contracts';
import { ContentError, describingFaults } from './content-error.js';
import { digestOf } from './digest.js';
import { nodeDisk, type Disk } from './disk.js';
import { readRange, writing } from './file-io.js';

export interface ArtifactFilesOptions {
  /** Largest artifact that is taken. */
  readonly maxBytes: number;
  readonly disk?: Disk;
}

/**
 * Artifacts on disk, each in a file named by its SHA-256 (`<first two digits>/<digest>`). A file under that name is
 * whole and verified: uploads are written elsewhere, checked while they stream, synced, then renamed.
 */
export class ArtifactFiles {
  private readonly disk: Disk;
  private readonly maxBytes: number;
  private readonly uploads: string;

  constructor(
    private readonly folder: string,
    { maxBytes, disk = nodeDisk }: ArtifactFilesOptions,
  ) {
    this.disk = disk;
    this.maxBytes = maxBytes;
    this.uploads = join(folder, 'uploads');
  }

  /** Where the artifact's bytes are, or would be. */
  pathOf(sha256: string): string {
    // Digests come from URLs; anything else must not become part of a path.
    if (!Sha256.safeParse(sha256).success) throw new ContentError('unsafe-path', 'not a SHA-256');
    return join(this.folder, sha256.slice(0, 2), sha256);
  }

  /** The artifact's length in bytes; undefined where it is not stored. */
  async lengthOf(sha256: string): Promise<number | undefined> {
    const path = this.pathOf(sha256);
    const entry = await describingFaults(`looking at ${sha256}`, () => this.disk.stat(path));
    return entry?.kind === 'file' ? entry.lengthBytes : undefined;
  }

  /** The digests of all stored artifacts. */
  list(): Promise<string[]> {
    return describingFaults('listing artifacts', async () => {
      const found: string[] = [];
      for (const name of (await this.disk.stat(this.folder)) ? await this.disk.list(this.folder) : []) {
        if (!/^[0-9a-f]{2}$/.test(name)) continue;
        const names = await this.disk.list(join(this.folder, name));
        found.push(...names.filter((digest) => Sha256.safeParse(digest).success));
      }
      return found;
    });
  }

  /**
   * Stores a stream under the digest that it was announced with. Nothing is kept of a stream that is too long, too
   * short, broken off or other than announced. Storing the same artifact twice at once is safe.
   *
   * @param stream read to its end, or to the first broken rule
   * @param announced `length`, where known, lets a wrong upload end early
   * @returns the artifact's length in bytes
   * @throws ContentError `digest-mismatch`, `length-mismatch`, `too-large`, `disk-full`, `io`; the stream's own error
   */
  async put(
    sha256: string,
    stream: AsyncIterable<Uint8Array>,
    announced: { readonly length?: number | undefined } = {},
  ): Promise<number> {
    const path = this.pathOf(sha256);
    const limit = Math.min(this.maxBytes, announced.length ?? Infinity);
    if ((announced.length ?? 0) > this.maxBytes) throw tooLarge(this.maxBytes);
    return describingFaults(`storing artifact ${sha256}`, async () => {
      await this.disk.makeFolder(this.uploads);
      const temporary = join(this.uploads, randomUUID());
      const length = await writing(this.disk, temporary, async (file) => {
        const hash = createHash('sha256');
        let done = 0;
        for await (const bytes of stream) {
          done += bytes.byteLength;
          if (done > limit)
            throw done > this.maxBytes ? tooLarge(this.maxBytes) : wrongLength(announced.length);
          hash.update(bytes);
          await file.write(bytes);
        }
        if (announced.length !== undefined && done !== announced.length)
          throw wrongLength(announced.length, done);
        if (hash.digest('hex') !== sha256) {
          throw new ContentError('digest-mismatch', `the bytes received do not have the digest ${sha256}`);
        }
        return done;
      });
      await this.disk.makeFolder(dirname(path));
      await this.disk.rename(temporary, path);
      // Both: the folder of two digits may be as new as the file in it.
      await this.disk.syncFolder(dirname(path));
      await this.disk.syncFolder(this.folder);
      return length;
    });
  }

  /** Stores bytes that this process made. */
  async putBytes(bytes: Uint8Array): Promise<{ readonly sha256: string; readonly length: number }> {
    const sha256 = digestOf(bytes);
    if ((await this.lengthOf(sha256)) === bytes.byteLength) return { sha256, length: bytes.byteLength };
    const length = await this.put(sha256, once(bytes), { length: bytes.byteLength });
    return { sha256, length };
  }

  /**
   * A part of an artifact.
   *
   * @throws ContentError `missing-file`; `length-mismatch` where the artifact ends before
   */
  async readRange(sha256: string, offset: number, lengthBytes: number): Promise<Uint8Array> {
    const path = this.pathOf(sha256);
    const bytes = await describingFaults(`reading artifact ${sha256}`, () =>
      readRange(this.disk, path, offset, lengthBytes),
    );
    if (bytes.byteLength === lengthBytes) return bytes;
    throw new ContentError('length-mismatch', `artifact ${sha256} ends before byte ${offset + lengthBytes}`);
  }

  /** Fine where it is not there. */
  remove(sha256: string): Promise<void> {
    const path = this.pathOf(sha256);
    return describingFaults(`removing artifact ${sha256}`, () => this.disk.remove(path));
  }

  /** Removes uploads that a killed process left: those into which nothing was written for `idleMs`. */
  clearUploads({ idleMs = 0 }: { readonly idleMs?: number } = {}): Promise<void> {
    return describingFaults('clearing unfinished uploads', async () => {
      if (!(await this.disk.stat(this.uploads))) return;
      for (const name of await this.disk.list(this.uploads)) {
        const path = join(this.uploads, name);
        const entry = await this.disk.stat(path);
        if (entry && Date.now() - entry.modifiedAtMs >= idleMs) await this.disk.remove(path);
      }
    });
  }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

const tooLarge = (maxBytes: number) => new ContentError('too-large', `larger than ${maxBytes} bytes`);

const wrongLength = (announced: number | undefined, received?: number) =>
  new ContentError(
    'length-mismatch',
    `${received ?? 'more'} bytes received, ${announced ?? 'fewer'} were announced`,
  );
