import { open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtifactFiles, nodeDisk, type Disk } from '@hamon/content';
import { FleetId, MAX_SAMPLE_PICTURE_BYTES } from '@hamon/contracts';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../platform/config/config.js';

/** An upload that nothing was written to for this long was left by a process that is gone. */
const UPLOAD_IDLE_MS = 3_600_000;

/** Pictures on disk, each fleet's in a folder of its own: two fleets share no file, and none is looked up in another's. */
@Injectable()
export class SampleFiles implements OnModuleInit {
  /** Where faults of the file system come in. */
  disk: Disk = nodeDisk;
  private readonly folder: string;
  private readonly isShared: boolean;

  constructor(config: Config) {
    this.folder = config.samplesDir ?? join(config.dataDir, 'samples');
    this.isShared = config.samplesDir !== undefined;
  }

  async onModuleInit(): Promise<void> {
    // Where replicas share the folder, another one may be in the middle of an upload.
    await this.clearUploads(this.isShared ? UPLOAD_IDLE_MS : 0);
  }

  of(fleet: string): ArtifactFiles {
    return new ArtifactFiles(join(this.folder, FleetId.parse(fleet)), {
      maxBytes: MAX_SAMPLE_PICTURE_BYTES,
      disk: this.disk,
    });
  }

  /** Open until it is closed, also where it is deleted meanwhile; undefined where it is not there. */
  async open(fleet: string, sha256: string): Promise<FileHandle | undefined> {
    return open(this.of(fleet).pathOf(sha256), 'r').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return undefined;
      throw cause;
    });
  }

  /** Those that have a folder. */
  async fleets(): Promise<string[]> {
    const names = await readdir(this.folder).catch((cause: NodeJS.ErrnoException): string[] => {
      if (cause.code === 'ENOENT') return [];
      throw cause;
    });
    return names.filter((name) => FleetId.safeParse(name).success);
  }

  async clearUploads(idleMs = UPLOAD_IDLE_MS): Promise<void> {
    for (const fleet of await this.fleets()) await this.of(fleet).clearUploads({ idleMs });
  }
}
