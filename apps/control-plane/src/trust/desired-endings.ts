import { Injectable } from '@nestjs/common';
import { DEFAULT_DEVICE_POLICY, MAX_SEQUENCE } from '@hamon/contracts';
import type { EntityManager } from 'typeorm';
import { Outbox, type DeviceModel } from '../messaging/outbox.js';
import { must } from '../platform/errors.js';
import { DeploymentStore } from './deployment.store.js';
import {
  contentOf,
  DesiredSigner,
  isEnding,
  NOTHING,
  orderedContent,
  type OrderedContent,
} from './desired-signer.js';
import { DesiredStore, type LockedDesired } from './desired.store.js';

/** Ends what is desired of devices, in the caller's transaction. */
@Injectable()
export class DesiredEndings {
  constructor(
    private readonly store: DesiredStore,
    private readonly deployments: DeploymentStore,
    private readonly signer: DesiredSigner,
    private readonly outbox: Outbox,
  ) {}

  /** Nothing of the model is desired; the devices keep what they have. */
  async clear(
    manager: EntityManager,
    fleet: string,
    model: string,
    devices: readonly string[],
  ): Promise<void> {
    const locked = await this.store.lock(manager, fleet, model, devices);
    await this.clearLocked(
      manager,
      locked.filter((row) => row.model === model),
    );
  }

  async clearLocked(manager: EntityManager, locked: readonly LockedDesired[]): Promise<void> {
    if (locked.length === 0) return;
    await this.deployments.supersede(manager, locked);
    await this.store.save(
      manager,
      locked.map(({ device, model, sequence }) => ({ device, model, sequence, ...NOTHING })),
    );
    await this.outbox.addDesired(manager, locked);
  }

  /**
   * Ends all messages to the devices: retained ones are cleared, and open deployments end.
   * What was desired is remembered, for new hardware under the same id.
   */
  async withdraw(manager: EntityManager, fleet: string, devices: readonly string[]): Promise<void> {
    const locked = await this.store.lockAll(manager, fleet, devices);
    await this.deployments.supersede(manager, locked);
    await this.outbox.addAll(manager, devices);
  }

  /**
   * As `clear`, but by a signed order where the devices understand one: an offline device finds it when it comes back, and
   * drops what it has not activated. An empty message would leave nothing to find.
   */
  async callOff(
    manager: EntityManager,
    fleet: string,
    model: string,
    devices: readonly string[],
  ): Promise<void> {
    const locked = (await this.store.lock(manager, fleet, model, devices)).filter(
      (row) => row.model === model,
    );
    const able = locked.filter((row) => row.knowsWithdrawal && !row.retired && row.above < MAX_SEQUENCE);
    const contents = await this.wishes(manager, able);
    const ordered = able.filter(({ device }) => contents.has(device));
    await this.deployments.supersede(manager, ordered);
    await this.signer.signEnding(manager, ordered, 'withdraw', ({ device }) =>
      must(contents.get(device), `a wish of ${device}`),
    );
    await this.clearLocked(
      manager,
      locked.filter((row) => !ordered.includes(row)),
    );
  }

  /**
   * Orders the device to remove the model, also the version that runs. False where no order can be signed: the agent does
   * not understand it, or the registry has no version to name in it. Then the device may keep the model until another one
   * takes its place.
   */
  async unassign(manager: EntityManager, fleet: string, { device, model }: DeviceModel): Promise<boolean> {
    const locked = await this.store.lock(manager, fleet, model, [device]);
    const row = must(
      locked.find((one) => one.model === model),
      `a row of ${model} of ${device}`,
    );
    const content = row.knowsUnassign && row.above < MAX_SEQUENCE && (await this.nameOf(manager, row));
    if (!content) {
      await this.callOff(manager, fleet, model, [device]);
      await this.store.markUnassigned(manager, row);
      return false;
    }
    await this.deployments.supersede(manager, [row]);
    await this.signer.signEnding(manager, [row], 'unassign', () => content);
    return true;
  }

  /** The devices reported that they removed these models: the orders have nobody to hear them. */
  async removed(manager: EntityManager, fleet: string, models: readonly DeviceModel[]): Promise<void> {
    const devices = [...new Set(models.map(({ device }) => device))];
    const locked = await this.store.lockAll(manager, fleet, devices);
    const isTold = (row: LockedDesired): boolean =>
      row.order === 'unassign' &&
      models.some(({ device, model }) => device === row.device && model === row.model);
    await this.clearLocked(manager, locked.filter(isTold));
  }

  /** By device: the content of what is desired there. */
  private async wishes(
    manager: EntityManager,
    locked: readonly LockedDesired[],
  ): Promise<Map<string, OrderedContent>> {
    const signable = this.signer.signable(manager);
    const contents = new Map<string, OrderedContent>();
    for (const { device, versionId, variant, policy } of locked) {
      if (versionId === null || variant === null || policy === null) continue;
      contents.set(device, contentOf(await signable(versionId, variant), policy));
    }
    return contents;
  }

  /** A version that the order can name: what is desired, what was, or any of the model. */
  private async nameOf(manager: EntityManager, row: LockedDesired): Promise<OrderedContent | undefined> {
    const wished = (await this.wishes(manager, [row])).get(row.device);
    if (wished) return wished;
    if (isEnding(row.order) && row.jws) return orderedContent(row);
    const any = await this.store.anyVariant(manager, row.fleet, row.model);
    return any && contentOf(any, DEFAULT_DEVICE_POLICY);
  }
}
