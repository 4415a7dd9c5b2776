import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DeviceStore, readSelector } from '../fleet/device.store.js';
import { ControlPlaneError } from '../platform/errors.js';
import { CohortStore, type Candidate } from './cohort.store.js';

/** Finds the devices that a selector means, as a rollout's start looks at them. */
@Injectable()
export class CohortSelection {
  constructor(
    private readonly devices: DeviceStore,
    private readonly cohorts: CohortStore,
  ) {}

  /** Whatever they run or take part in; maybe none. */
  async matching(manager: EntityManager, fleet: string, where: string): Promise<Candidate[]> {
    const selected = await this.devices.select(manager, fleet, readSelector(where));
    return this.cohorts.candidates(manager, selected);
  }

  /**
   * Those that a rollout of `model` may begin with, free until the transaction ends.
   *
   * @throws ControlPlaneError `no-device-selected`, `device-busy`, `device-runs-other-model`
   */
  async free(manager: EntityManager, fleet: string, where: string, model: string): Promise<Candidate[]> {
    await this.cohorts.lockStarts(manager, fleet);
    const candidates = await this.matching(manager, fleet, where);
    if (candidates.length === 0) {
      const which = where.trim() === '' ? 'The fleet has no device yet.' : `No device matches "${where}".`;
      throw new ControlPlaneError('no-device-selected', which);
    }
    const busy = await this.cohorts.busy(
      manager,
      candidates.map(({ device }) => device),
    );
    if (busy) {
      const { device, target, rolloutId } = busy;
      throw new ControlPlaneError(
        'device-busy',
        `Device "${device}" takes part in rollout ${rolloutId} (${target}).`,
      );
    }
    const other = candidates.find((candidate) => candidate.model !== null && candidate.model !== model);
    if (other) {
      throw new ControlPlaneError(
        'device-runs-other-model',
        `Device "${other.device}" runs model "${other.model ?? ''}"; a rollout of "${model}" would replace it. Narrow "where".`,
      );
    }
    return candidates;
  }
}
