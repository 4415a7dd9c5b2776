import { Injectable } from '@nestjs/common';
import type { RunningVersion } from '@hamon/contracts';
import type { DataSource } from 'typeorm';
import { must } from '../platform/errors.js';

/** What devices are to run of each model, by device, the model first that was assigned first; absent where nothing is desired. */
export type ReadDesired = (
  database: Pick<DataSource, 'query'>,
  devices: readonly string[],
) => Promise<ReadonlyMap<string, readonly RunningVersion[]>>;

/** What devices are to run, for views of a device. The capability that decides it registers before the application starts. */
@Injectable()
export class DesiredVersions {
  private read: ReadDesired | undefined;

  readFrom(read: ReadDesired): void {
    this.read = read;
  }

  readonly of: ReadDesired = async (database, devices) => {
    if (devices.length === 0) return new Map();
    return must(this.read, 'a source of desired versions')(database, devices);
  };
}
