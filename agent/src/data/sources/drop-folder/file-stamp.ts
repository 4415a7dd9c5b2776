import type { BigIntStats } from 'node:fs';

/** What tells one state of a file from another; times in nanoseconds, since files of a fast camera share a millisecond. */
export interface FileStamp {
  readonly bytes: number;
  readonly inode: bigint;
  readonly modifiedNs: bigint;
  /** A rename sets it too, so that it is when the file came under this name, where the file system keeps it. */
  readonly changedNs: bigint;
}

export const stampOf = ({ size, ino, mtimeNs, ctimeNs }: BigIntStats): FileStamp => ({
  bytes: Number(size),
  inode: ino,
  modifiedNs: mtimeNs,
  changedNs: ctimeNs,
});

/** Nobody wrote in between. The change time is left out: reading a file's attributes over a network may move it. */
export const isSameContent = (a: FileStamp, b: FileStamp): boolean =>
  a.bytes === b.bytes && a.modifiedNs === b.modifiedNs && a.inode === b.inode;
