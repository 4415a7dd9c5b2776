import { nodeDisk, type Disk } from '../src/disk.js';

/** A system error as Node throws it. */
export const systemError = (code: string, syscall: string): Error =>
  Object.assign(new Error(`${code}: ${syscall}`), { code, syscall });

/** The machine's disk with room for `roomBytes` more, of which a write that does not fit takes half: like a real one. */
export function diskWithRoom(roomBytes: number): Disk & { roomBytes: number } {
  const disk = {
    ...nodeDisk,
    roomBytes,
    create: async (path: string) => {
      const file = await nodeDisk.create(path);
      return {
        ...file,
        write: async (bytes: Uint8Array) => {
          if (bytes.byteLength > disk.roomBytes) {
            await file.write(bytes.subarray(0, bytes.byteLength / 2));
            throw systemError('ENOSPC', 'write');
          }
          disk.roomBytes -= bytes.byteLength;
          await file.write(bytes);
        },
      };
    },
  };
  return disk;
}

/** The machine's disk, on which the n-th operation that changes anything fails. */
export function diskFailingAt(operation: number, code: string): Disk & { operations: number } {
  const disk = { ...nodeDisk, operations: 0 };
  const counted =
    <A extends unknown[], T>(syscall: string, run: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      disk.operations += 1;
      if (disk.operations === operation) throw systemError(code, syscall);
      return run(...args);
    };
  disk.makeFolder = counted('mkdir', nodeDisk.makeFolder);
  disk.rename = counted('rename', nodeDisk.rename);
  disk.syncFolder = counted('fsync', nodeDisk.syncFolder);
  disk.create = counted('open', async (path: string) => {
    const file = await nodeDisk.create(path);
    return { write: counted('write', file.write), sync: counted('fsync', file.sync), close: file.close };
  });
  return disk;
}
