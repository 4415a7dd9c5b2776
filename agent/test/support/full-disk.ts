import { nodeDisk, type Disk } from '@hamon/content';

/** The machine's disk, on which there is no space for whatever a test says. */
export class FullDisk {
  /** Paths for which writing fails; none by default. */
  isFullFor: (path: string) => boolean = () => false;
  failures = 0;

  readonly disk: Disk = {
    ...nodeDisk,
    create: async (path) => {
      const file = await nodeDisk.create(path);
      return {
        ...file,
        write: async (bytes) => {
          if (!this.isFullFor(path)) return file.write(bytes);
          this.failures += 1;
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
            code: 'ENOSPC',
            syscall: 'write',
          });
        },
      };
    },
  };
}
