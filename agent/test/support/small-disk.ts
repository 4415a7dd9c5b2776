import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@hamon/testing';

const run = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;

/** Mounting takes an account that may. */
export const canMount = (): boolean => {
  if (process.getuid?.() !== 0) return false;
  const isMounted = run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'hamon-test', '/mnt');
  if (isMounted) run('umount', '/mnt');
  return isMounted;
};

/** A real file system of its own, of a few kilobytes or read-only. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  static async mount(size: string): Promise<SmallDisk> {
    const folder = join(await temporaryFolder(), 'disk');
    await mkdir(folder);
    if (!run('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'hamon-test', folder)) {
      throw new Error(`no file system could be mounted at ${folder}`);
    }
    return new SmallDisk(folder);
  }

  setWritable(isWritable: boolean): void {
    run('mount', '-o', `remount,${isWritable ? 'rw' : 'ro'}`, this.folder);
  }

  unmount(): void {
    run('umount', '-l', this.folder);
  }
}
