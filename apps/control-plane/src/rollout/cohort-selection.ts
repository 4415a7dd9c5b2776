import { Injectable } from '@nestjs/common';
import type { Relabelling } from '@hamon/rollout';
import type { EntityManager } from 'typeorm';
import { DeviceStore } from '../fleet/device.store.js';
import { ControlPlaneError } from '../platform/errors.js';
import { readSelector } from '../platform/http/where.js';
import { CohortStore, type BusyDevice, type SelectedDevice } from './cohort.store.js';
import { relabellingsOf, type Answering } from './relabellings.js';

/** Finds the devices that a selector selects, for a rollout's start. */
@Injectable()
export class CohortSelection {
  constructor(
    private readonly devices: DeviceStore,
    private readonly cohorts: CohortStore,
  ) {}

  /** Whatever they run or take part in; maybe none. */
  async matching(manager: EntityManager, fleet: string, where: string): Promise<SelectedDevice[]> {
    const selected = await this.devices.select(manager, fleet, readSelector(where));
    return this.cohorts.selected(manager, selected);
  }

  /**
   * Those that a rollout of `model` may begin with, free until the transaction ends.
   *
   * @throws ControlPlaneError `no-device-selected`, `device-busy`, `device-runs-other-model`
   */
  async free(manager: EntityManager, fleet: string, where: string, model: string): Promise<SelectedDevice[]> {
    await this.cohorts.lockStarts(manager, fleet);
    const selected = await this.matching(manager, fleet, where);
    if (selected.length === 0) {
      throw new ControlPlaneError('no-device-selected', await this.nobody(manager, fleet, where));
    }
    const busy = await this.cohorts.busy(
      manager,
      selected.map(({ device }) => device),
    );
    if (busy) throw deviceBusy(busy);
    const other = selected.find((device) => device.model !== null && device.model !== model);
    if (other) {
      throw new ControlPlaneError(
        'device-runs-other-model',
        `Device "${other.device}" runs model "${other.model ?? ''}"; a rollout of "${model}" would replace it. Narrow "where", or take the model from it first (hamon device unassign ${other.device} ${other.model ?? ''}).`,
      );
    }
    return selected.map((device) => ofModel(device, model));
  }

  /** Which devices of the cohort run versions whose labels differ from those of this one. */
  async relabellings(
    manager: EntityManager,
    cohort: readonly SelectedDevice[],
    wanted: Answering,
  ): Promise<readonly Relabelling[]> {
    const running = cohort.flatMap(({ previousInstalled, previousVersionId: id }) =>
      previousInstalled && id !== null ? [id] : [],
    );
    return relabellingsOf(wanted, cohort, await this.cohorts.versions(manager, [...new Set(running)]));
  }

  private async nobody(manager: EntityManager, fleet: string, where: string): Promise<string> {
    const which = where.trim() === '' ? 'The fleet has no device yet.' : `No device matches "${where}".`;
    const retired = await this.devices.hasRetired(manager, fleet, readSelector(where));
    return retired ? `${which} Those that were retired take part in no rollout.` : which;
  }
}

/** What a device ran of another model can be gone back to, and shows nothing beside the new one. */
const ofModel = (device: SelectedDevice, model: string): SelectedDevice => ({
  ...device,
  previousInstalled: device.previousInstalled && device.previousModel === model,
});

export const deviceBusy = ({ device, target, rolloutId }: BusyDevice): ControlPlaneError =>
  new ControlPlaneError('device-busy', `Device "${device}" takes part in rollout ${rolloutId} (${target}).`);
