import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';

/** Where bytes are put as they are read; the reader chooses the buffer, so that none is copied. */
export interface ByteReader {
  /** Where the next bytes go; never empty. */
  room(): Uint8Array;
  /** So many were put there. */
  fill(length: number): void;
}

export interface SocketPair {
  /** Ends ('close') when the last holder of the other end has closed it. */
  readonly ours: Socket;
  /** For a child's standard output: to be destroyed here once the child has it. */
  readonly theirs: Socket;
}

/** Of a socket's path: 108 bytes with Linux, 104 with macOS, the last of which is a zero. */
const LONGEST_PATH = 103;

/**
 * A connected pair whose one end reads into buffers of the reader's choice. A child's ordinary pipe gives pieces of at
 * most 64 KiB, each in a buffer of its own that has to be copied together: with pictures of 3 MB this doubles what a
 * camera costs the agent.
 *
 * @param spareFolder for its socket, which is there for a moment, where the system has no room for temporary files
 */
export async function socketPair(reader: ByteReader, spareFolder: string): Promise<SocketPair> {
  const folder = await temporaryFolder('hamon-frames-', spareFolder);
  const server = createServer({ pauseOnConnect: true });
  try {
    const path = join(folder, 'socket');
    if (Buffer.byteLength(path) > LONGEST_PATH) {
      throw new Error(`${path} is too long for a socket: set TMPDIR to a folder that can be written`);
    }
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const ours = connect({
      path,
      onread: {
        buffer: () => reader.room(),
        callback: (length) => {
          reader.fill(length);
          return true;
        },
      },
    });
    ours.on('error', () => undefined);
    const [theirs] = await Promise.race([accepted, lossOf(ours)]);
    theirs.on('error', () => undefined);
    return { ours, theirs };
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rejects where the end that connects is gone before the other one is there: a process may have too many files open. */
async function lossOf(ours: Socket): Promise<never> {
  await once(ours, 'close');
  throw new Error('no connection for the frames of a program comes about');
}
