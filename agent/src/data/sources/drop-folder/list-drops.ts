import type { Dir } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { byArrival, type Arrived } from './arrivals.js';
import type { DriveTurns } from './drive-turns.js';
import { stampOf } from './file-stamp.js';
import { Oldest } from './oldest.js';
import { isIgnored, pathBelow, rawName, type RawName } from './raw-name.js';

export interface ListOptions {
  readonly folder: string;
  /** Subfolders too. */
  readonly recursive: boolean;
  /** Folders at the top that are no part of it. */
  readonly except: readonly string[];
  /** Those wanted at most: the earliest. */
  readonly most: number;
  readonly isWanted: (name: RawName) => boolean;
  readonly turns: DriveTurns;
}

export interface Listing {
  /** In order of arrival. */
  readonly files: readonly Arrived[];
  /** How many there are. */
  readonly total: number;
  /** Subfolders, as far as they were gone through. */
  readonly folders: readonly RawName[];
}

const MAX_DEPTH = 8;
/** A tree of more folders is gone through so far. */
const MAX_FOLDERS = 10_000;
/** Looked at in one turn: what is read and put away meanwhile does not wait for a whole listing. */
const A_TURN = 32;

/**
 * The earliest files of a folder, however many there are. Links are not followed: they name files that are no part of it.
 *
 * @throws what the system says of the folder itself; a subfolder that goes away meanwhile is no fault
 */
export async function listDrops(options: ListOptions): Promise<Listing> {
  const { folder, recursive, most, isWanted, turns } = options;
  const oldest = new Oldest<Arrived>(most, byArrival);
  const except = new Set(options.except.map((name) => rawName(Buffer.from(name))));
  const folders: RawName[] = [];
  const pending: RawName[] = [''];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const look = async (dir: Dir): Promise<boolean> => {
      for (let i = 0; i < A_TURN; i += 1) {
        const entry = await dir.read();
        if (!entry) return false;
        // The type of `name` is told by the encoding, which the declarations do not know.
        const own = rawName(entry.name as unknown as Buffer);
        const name = at === '' ? own : `${at}/${own}`;
        if (isIgnored(own) || (at === '' && except.has(own))) continue;
        if (entry.isDirectory()) {
          const isDeep = name.split('/').length >= MAX_DEPTH;
          if (recursive && !isDeep && folders.length < MAX_FOLDERS) {
            folders.push(name);
            pending.push(name);
          }
        } else if (entry.isFile() && isWanted(name)) {
          const arrived = await seen(folder, name);
          if (arrived) oldest.add(arrived);
        }
      }
      return true;
    };
    try {
      const dir = await turns(() => opendir(pathBelow(folder, at), LIST));
      try {
        while (await turns(() => look(dir)));
      } finally {
        await dir.close();
      }
    } catch (cause) {
      if (at === '') throw cause;
    }
  }
  return { files: oldest.sorted(), total: oldest.total, folders };
}

const LIST = { encoding: 'buffer' as BufferEncoding, bufferSize: 256 };

/** Undefined where it is gone, or is no file. */
export async function seen(folder: string, name: RawName): Promise<Arrived | undefined> {
  const found = await lstat(pathBelow(folder, name), { bigint: true }).catch(() => undefined);
  return found?.isFile() ? { name, stamp: stampOf(found) } : undefined;
}
