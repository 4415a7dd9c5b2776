import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

/**
 * A connected pair whose one end reads into buffers of the reader's choice. A child's ordinary pipe gives pieces of at
 * most 64 KiB, each in a buffer of its own that has to be copied together: with pictures of 3 MB this doubles what a
 * camera costs the agent.
 */
export async function socketPair(reader: ByteReader): Promise<SocketPair> {
  // Only this account may enter a folder made so, and it is gone again at once.
  const folder = await mkdtemp(join(tmpdir(), 'hamon-frames-'));
  const server = createServer({ pauseOnConnect: true });
  try {
    const path = join(folder, 'socket');
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
    const [theirs] = await accepted;
    theirs.on('error', () => undefined);
    return { ours, theirs };
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
