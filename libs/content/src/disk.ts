import { link, lstat, mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { systemCode } from './content-error.js';

/** What is at a path; links are not followed. */
export interface DiskEntry {
  readonly kind: 'file' | 'folder' | 'other';
  readonly lengthBytes: number;
  readonly modifiedAtMs: number;
}

export interface ReadHandle {
  /** Fills `buffer` from `position`; answers the bytes read, fewer only at the end of the file. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

export interface WriteHandle {
  /** Appends all of `bytes`. */
  write(bytes: Uint8Array): Promise<void>;
  /** Returns after the bytes are on the medium. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Everything this library asks of a file system. One narrow interface, so that a fault (a full disk, a failing write)
 * can be put at exactly one place; errors are the system's own, with `code` and `syscall`.
 */
export interface Disk {
  openRead(path: string): Promise<ReadHandle>;
  /** Makes a new file; fails where something is already there. */
  create(path: string): Promise<WriteHandle>;
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name; fails where that is taken, and on file systems that know no second names. */
  link(path: string, second: string): Promise<void>;
  /** With its parents; fine where it is already there. */
  makeFolder(path: string): Promise<void>;
  /** Makes renames and new files within the folder survive a power cut. */
  syncFolder(path: string): Promise<void>;
  /** Whole subtrees too; fine where nothing is there. */
  remove(path: string): Promise<void>;
  list(path: string): Promise<string[]>;
  stat(path: string): Promise<DiskEntry | undefined>;
}

async function readFully(file: FileHandle, buffer: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < buffer.byteLength) {
    const { bytesRead } = await file.read(buffer, done, buffer.byteLength - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

async function writeFully(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  // A short write is not an error: the disk may take less than it was given, and says so only on the next write.
  while (done < bytes.byteLength) {
    const { bytesWritten } = await file.write(bytes, done, bytes.byteLength - done);
    done += bytesWritten;
  }
}

/** The machine's file system. */
export const nodeDisk: Disk = {
  async openRead(path) {
    const file = await open(path, 'r');
    return {
      read: (buffer, position) => readFully(file, buffer, position),
      close: () => file.close(),
    };
  },
  async create(path) {
    const file = await open(path, 'wx', 0o644);
    return { write: (bytes) => writeFully(file, bytes), sync: () => file.sync(), close: () => file.close() };
  },
  rename,
  link,
  async makeFolder(path) {
    await mkdir(path, { recursive: true });
  },
  async syncFolder(path) {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
  remove: (path) => rm(path, { recursive: true, force: true }),
  list: (path) => readdir(path),
  async stat(path) {
    try {
      const found = await lstat(path);
      const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
      return { kind, lengthBytes: found.size, modifiedAtMs: found.mtimeMs };
    } catch (cause) {
      const code = systemCode(cause);
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw cause;
    }
  },
};
