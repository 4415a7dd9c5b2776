import { Injectable } from '@nestjs/common';
import type { ReportedState } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';

/** The newest reports of devices of one fleet, by device. */
export type Reports = ReadonlyMap<string, ReportedState>;

/** What a capability above does with devices' reports. */
export interface ReportListener {
  /** With the reports of the fleet's own devices, in the transaction that stores them. */
  readonly storing?: (manager: EntityManager, fleet: string, reports: Reports) => Promise<unknown>;
  /** These devices' agents now run one model where they ran several, or the other way; in the same transaction. */
  readonly agentsChanged?: (manager: EntityManager, devices: readonly string[]) => Promise<void>;
  /** After they are stored; also with reports of unknown devices. */
  readonly stored?: (fleet: string, reports: Reports) => Promise<void>;
}

/** The capabilities that want devices' reports. */
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

  async agentsChanged(manager: EntityManager, devices: readonly string[]): Promise<void> {
    if (devices.length === 0) return;
    for (const { agentsChanged } of this.listeners) await agentsChanged?.(manager, devices);
  }

  async stored(fleet: string, reports: Reports): Promise<void> {
    for (const { stored } of this.listeners) await stored?.(fleet, reports);
  }
}
