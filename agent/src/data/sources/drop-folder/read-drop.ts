import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { imageFormat, MAX_IMAGE_BYTES } from '@hamon/inference';
import type { ImageFrame } from '../../frame.js';
import type { Arrived } from './arrivals.js';
import type { DriveTurns } from './drive-turns.js';
import { isSameContent, stampOf } from './file-stamp.js';
import { pathBelow, shownName } from './raw-name.js';

export type DropRead =
  | { readonly state: 'image'; readonly frame: ImageFrame }
  /** It is whole and no image. */
  | { readonly state: 'unreadable'; readonly detail: string }
  /** Somebody writes to it, or put another file in its place. */
  | { readonly state: 'changed' }
  | { readonly state: 'gone' }
  /** The drive does not give it now. */
  | { readonly state: 'later'; readonly detail: string };

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** The file as it was when it was found whole. Neither a link nor a pipe that took its name is followed or waited for. */
export const readDrop = (folder: string, arrived: Arrived, turns: DriveTurns): Promise<DropRead> =>
  turns(() => readWhole(folder, arrived)).catch((cause: Error) => failed(cause, arrived.name));

async function readWhole(folder: string, { name, stamp }: Arrived): Promise<DropRead> {
  let file: FileHandle | undefined;
  try {
    file = await open(pathBelow(folder, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) return { state: 'gone' };
    if (!isSameContent(stampOf(before), stamp)) return { state: 'changed' };
    const shown = shownName(name);
    if (stamp.bytes > MAX_IMAGE_BYTES) {
      return unreadable(`${shown} has ${stamp.bytes} bytes, at most ${MAX_IMAGE_BYTES} are read`);
    }
    const bytes = await wholeOf(file, stamp.bytes);
    const after = stampOf(await file.stat({ bigint: true }));
    if (!bytes || !isSameContent(after, stamp)) return { state: 'changed' };
    const format = imageFormat(bytes);
    if (!format) return unreadable(`${shown} is neither PNG nor JPEG`);
    return {
      state: 'image',
      frame: { kind: 'image', bytes, mediaType: `image/${format}`, name: shown.slice(0, 4096) },
    };
  } catch (cause) {
    return failed(cause as NodeJS.ErrnoException, name);
  } finally {
    await file?.close().catch(() => undefined);
  }
}

/** Undefined where it is shorter than it was. */
async function wholeOf(file: FileHandle, length: number): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, done);
    if (bytesRead === 0) return undefined;
    done += bytesRead;
  }
  return bytes;
}

const unreadable = (detail: string): DropRead => ({ state: 'unreadable', detail });

function failed({ code, message }: NodeJS.ErrnoException, name: string): DropRead {
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENXIO')
    return { state: 'gone' };
  const detail = `${shownName(name)}: ${message}`;
  return code === 'EACCES' || code === 'EPERM' ? unreadable(detail) : { state: 'later', detail };
}
