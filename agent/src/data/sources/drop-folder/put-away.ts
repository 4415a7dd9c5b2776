import { access, constants, lstat, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Arrived } from './arrivals.js';
import { isSameContent, stampOf, type FileStamp } from './file-stamp.js';
import { pathBelow, type RawName } from './raw-name.js';

export const DONE = 'done';
export const FAILED = 'failed';
/** Folders at the top of a drop folder that are no part of it. */
export const OWN_FOLDERS = [DONE, FAILED] as const;

export type Fate = 'done' | 'failed' | 'deleted';

/** In bytes, for the file system. */
const LONGEST_NAME = 255;
/** A hidden name, so that no listing takes it for an arrival. */
const LEAVING = '.hamon-';

const FULL = new Set(['ENOSPC', 'EDQUOT']);
export const isFull = (cause: unknown): boolean => FULL.has((cause as NodeJS.ErrnoException).code ?? '');

/**
 * Can answered files leave this folder? Asked before anything is taken: what cannot be moved away would be answered over
 * and over.
 *
 * @throws what the system says
 */
export async function checkCanPutAway(folder: string, fates: readonly Fate[]): Promise<void> {
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  for (const fate of fates) {
    if (fate === 'deleted') continue;
    // A full disk may have no room for a folder, and still give files back.
    await mkdir(`${folder}/${fate}`).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST' && !isFull(cause)) throw cause;
    });
  }
}

/**
 * Moves an answered file out of the way, or deletes it. Answers `other` where another file has taken its name since: that
 * one stays where it is, and has its own turn.
 *
 * @param mark tells files of one name apart
 * @throws what the system says; the file is still there then
 */
export async function putAway(
  folder: string,
  { name, stamp }: Arrived,
  fate: Fate,
  mark: string,
): Promise<'away' | 'other'> {
  const path = pathBelow(folder, name);
  const found = await stampAt(path);
  if (!found) return 'away';
  if (!isSameContent(found, stamp)) return 'other';
  const target = fate === 'deleted' ? `${LEAVING}${mark}` : await freeName(folder, `${fate}/${name}`, mark);
  const at = pathBelow(folder, target);
  await renameInto(path, at);
  const moved = await stampAt(at);
  if (moved && !isSameContent(moved, stamp)) {
    // It came between the look and the move.
    await rename(at, pathBelow(folder, await freeName(folder, name, mark)));
    return 'other';
  }
  if (fate === 'deleted') await rm(at, { force: true });
  return 'away';
}

async function renameInto(from: Buffer, to: Buffer): Promise<void> {
  try {
    await rename(from, to);
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    if (!isMissing || !(await stampAt(from))) throw cause;
    const folder = Buffer.from(dirname(to.toString('latin1')), 'latin1');
    await mkdir(folder, { recursive: true });
    await rename(from, to);
  }
}

async function stampAt(path: Buffer): Promise<FileStamp | undefined> {
  const found = await lstat(path, { bigint: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
    throw cause;
  });
  return found && stampOf(found);
}

/** A camera may call every picture alike. The agent alone writes where this is asked for, so that a look is enough. */
async function freeName(folder: string, wanted: RawName, mark: string): Promise<RawName> {
  for (const addition of ['', `.${mark.slice(0, 8)}`, `.${mark}`]) {
    const name = withAddition(wanted, addition);
    if (!(await stampAt(pathBelow(folder, name)))) return name;
  }
  return withAddition(wanted, `.${mark}`);
}

/** Before the ending, so that a viewer still knows what it is; never longer than a name may be. */
export function withAddition(path: RawName, addition: string): RawName {
  const cut = path.lastIndexOf('/') + 1;
  const name = path.slice(cut);
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  const room = LONGEST_NAME - addition.length - ending.length;
  return `${path.slice(0, cut)}${stem.slice(0, Math.max(1, room))}${addition}${ending}`;
}
