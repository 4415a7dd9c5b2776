import { Injectable } from '@nestjs/common';
import { MAX_MODELS } from '@hamon/contracts';
import type { Relabelling } from '@hamon/rollout';
import type { EntityManager } from 'typeorm';
import { DeviceStore } from '../fleet/device.store.js';
import { ControlPlaneError } from '../platform/errors.js';
import { readSelector } from '../platform/http/where.js';
import { CohortStore, type BusyDevice, type SelectedDevice } from './cohort.store.js';
import { relabellingsOf, type Answering } from './relabellings.js';

/** Which devices a rollout begins with. */
export interface Cohort {
  readonly devices: readonly SelectedDevice[];
  /** Their agents run one model only, and it is another one. */
  readonly leftOut: readonly SelectedDevice[];
}

/** As many as a sentence can name. */
const MOST_NAMED = 5;

/** Finds the devices that a selector selects, for a rollout's start. */
@Injectable()
export class CohortSelection {
  constructor(
    private readonly devices: DeviceStore,
    private readonly cohorts: CohortStore,
  ) {}

  /** Whatever they run or take part in; maybe none. */
  async matching(
    manager: EntityManager,
    fleet: string,
    where: string,
    model: string,
  ): Promise<SelectedDevice[]> {
    const selected = await this.devices.select(manager, fleet, readSelector(where));
    return this.cohorts.selected(manager, selected, model);
  }

  /**
   * Those that a rollout of `model` may begin with, free until the transaction ends. Other models of a device are no
   * obstacle, except for their number.
   *
   * @throws ControlPlaneError `no-device-selected`, `device-busy`, `device-runs-other-model`, `too-many-models`
   */
  async free(manager: EntityManager, fleet: string, where: string, model: string): Promise<Cohort> {
    await this.cohorts.lockStarts(manager, fleet);
    const selected = await this.matching(manager, fleet, where, model);
    if (selected.length === 0) {
      throw new ControlPlaneError('no-device-selected', await this.nobody(manager, fleet, where));
    }
    const busy = await this.cohorts.busy(
      manager,
      selected.map(({ device }) => device),
      model,
    );
    if (busy) throw deviceBusy(busy);
    const leftOut = selected.filter((device) => mostModels(device) === 1 && device.others.length > 0);
    const devices = selected.filter((device) => !leftOut.includes(device));
    if (devices.length === 0) throw runOtherModels(leftOut, model);
    const full = devices.filter((device) => device.others.length >= mostModels(device));
    if (full.length > 0) throw tooManyModels(full, model);
    return { devices, leftOut };
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

/** A device that has not reported yet may have an agent of the former release. */
const mostModels = ({ maxModels }: SelectedDevice): number => Math.min(maxModels ?? 1, MAX_MODELS);

/** `2 devices, whose agents run one model only (cam-1: tiles, cam-2: tiles)` */
export function leftOutText(leftOut: readonly SelectedDevice[]): string {
  const named = leftOut.slice(0, MOST_NAMED).map(({ device, others }) => `${device}: ${others.join(', ')}`);
  const more = leftOut.length > MOST_NAMED ? ', …' : '';
  return leftOut.length === 1
    ? `1 device, whose agent runs one model only (${named.join()})`
    : `${leftOut.length} devices, whose agents run one model only (${named.join(', ')}${more})`;
}

function runOtherModels(leftOut: readonly SelectedDevice[], model: string): ControlPlaneError {
  const [{ device, others } = { device: '', others: [''] }] = leftOut;
  return new ControlPlaneError(
    'device-runs-other-model',
    `A rollout of "${model}" would leave out ${leftOutText(leftOut)}, and nobody is left. Update their agents, or take the model from them first (hamon device unassign ${device} ${others[0] ?? ''}).`,
  );
}

function tooManyModels(full: readonly SelectedDevice[], model: string): ControlPlaneError {
  const [first] = full;
  const named = full.slice(0, MOST_NAMED).map(({ device }) => device);
  const more = full.length > MOST_NAMED ? ', …' : '';
  const many = full.length === 1 ? '1 device has' : `${full.length} devices have`;
  const most = first ? mostModels(first) : MAX_MODELS;
  return new ControlPlaneError(
    'too-many-models',
    `${many} ${most} models already, as many as a device runs, and "${model}" would be one more: ${named.join(', ')}${more}. Take one from them first (hamon device unassign), or narrow "where".`,
  );
}

export const deviceBusy = ({ device, target, rolloutId }: BusyDevice): ControlPlaneError =>
  new ControlPlaneError('device-busy', `Device "${device}" takes part in rollout ${rolloutId} (${target}).`);
