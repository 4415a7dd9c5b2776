import { rm, statfs } from 'node:fs/promises';
import type { DriveTurns } from './drive-turns.js';
import { listDrops } from './list-drops.js';
import { pathBelow } from './raw-name.js';

export interface KeepLimits {
  readonly files: number;
  readonly days: number;
}

const DAY_MS = 86_400_000;
/** Removed in one go at most; each look at the folder holds so many names. */
const BATCH = 4096;
/** An earlier date is a clock that was not set yet, and says nothing of a file's age. */
const EARLIEST_MS = Date.UTC(2024, 0, 1);
/** What is put away gives way to what arrives: below these, whichever comes first, the oldest go. */
const LEAST_FREE_BYTES = 256 * 1024 ** 2;
const LEAST_FREE_SHARE = 0.05;
/** Removed then, as a share of what is there. */
const GIVES_WAY = 0.1;

/**
 * Removes the oldest of what was put away, until it is within its limits and the disk has room for arrivals. By when it was
 * put away, which is when its name was last set.
 *
 * @param isFull the disk has refused a file just now
 * @returns how many were removed
 */
export async function trimDone(
  folder: string,
  limits: KeepLimits,
  now: Date,
  turns: DriveTurns,
  isFull = false,
): Promise<number> {
  let removed = 0;
  for (let isPressed = isFull || (await turns(() => isShortOfRoom(folder))); ; isPressed = false) {
    const listing = await listDrops({ folder, turns, ...EVERYTHING }).catch(
      (cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT') return { files: [], total: 0 };
        throw cause;
      },
    );
    const over = Math.max(listing.total - limits.files, isPressed ? Math.ceil(listing.total * GIVES_WAY) : 0);
    const isOld = (changedNs: bigint): boolean => {
      const atMs = Number(changedNs / 1_000_000n);
      return atMs >= EARLIEST_MS && now.getTime() - atMs > limits.days * DAY_MS;
    };
    const leaving = listing.files.filter(({ stamp }, i) => i < over || isOld(stamp.changedNs));
    for (const { name } of leaving) {
      await turns(() => rm(pathBelow(folder, name), { force: true }));
      removed += 1;
    }
    if (leaving.length < listing.files.length || listing.files.length === 0) return removed;
  }
}

const EVERYTHING = { recursive: true, except: [], most: BATCH, isWanted: () => true };

async function isShortOfRoom(folder: string): Promise<boolean> {
  const found = await statfs(folder).catch(() => undefined);
  if (!found) return false;
  const free = found.bavail * found.bsize;
  return free < Math.min(LEAST_FREE_BYTES, found.blocks * found.bsize * LEAST_FREE_SHARE);
}
