import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';

/** A bundle that devices of a fleet are to be able to fetch. */
export interface WantedBundle {
  readonly fleet: string;
  /** Its digest. */
  readonly bundle: string;
}

/** Outside of a transaction; one caller at a time. */
export type ReadWantedBundles = (database: Pick<DataSource, 'query'>) => Promise<readonly WantedBundle[]>;

/** Which bundles devices are to fetch; the capabilities above that want them register here. */
@Injectable()
export class WantedBundles {
  private readonly sources: ReadWantedBundles[] = [];

  /** Before the application starts. */
  add(source: ReadWantedBundles): void {
    this.sources.push(source);
  }

  async read(database: Pick<DataSource, 'query'>): Promise<WantedBundle[]> {
    const distinct = new Map<string, WantedBundle>();
    for (const source of this.sources) {
      for (const wanted of await source(database)) distinct.set(`${wanted.fleet} ${wanted.bundle}`, wanted);
    }
    return [...distinct.values()];
  }
}
