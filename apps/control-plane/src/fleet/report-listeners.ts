import { Injectable } from '@nestjs/common';
import type { ReportedState } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';

/** The newest reports of devices of one fleet, by device. */
export type Reports = ReadonlyMap<string, ReportedState>;

/** What a capability above does about what devices report. */
export interface ReportListener {
  /** With the reports of devices that the fleet has, in the transaction that stores them. */
  readonly storing?: (manager: EntityManager, fleet: string, reports: Reports) => Promise<unknown>;
  /** Once they are stored; with the reports of strangers too. */
  readonly stored?: (fleet: string, reports: Reports) => Promise<void>;
}

/** Who wants to know what devices report. */
@Injectable()
export class ReportListeners {
  private readonly listeners: ReportListener[] = [];

  /** Before the application starts. */
  add(listener: ReportListener): void {
    this.listeners.push(listener);
  }

  async storing(manager: EntityManager, fleet: string, reports: Reports): Promise<void> {
    for (const { storing } of this.listeners) await storing?.(manager, fleet, reports);
  }

  async stored(fleet: string, reports: Reports): Promise<void> {
    for (const { stored } of this.listeners) await stored?.(fleet, reports);
  }
}
