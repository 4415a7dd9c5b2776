import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { FleetPolicyDocument, FleetPolicyView } from '@hamon/contracts';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { ControlPlaneError } from '../platform/errors.js';
import { actorOf, type AdminCaller } from '../platform/http/caller.js';
import { FleetPolicyStore } from './fleet-policy.store.js';

/** Changes what a fleet allows. */
@Injectable()
export class FleetPolicyService {
  constructor(
    private readonly database: DataSource,
    private readonly policies: FleetPolicyStore,
    private readonly audit: AuditService,
  ) {}

  /** @throws ControlPlaneError `not-found` where there is no version of that number */
  async get(fleet: string, version: number | undefined): Promise<FleetPolicyView> {
    if (version === undefined) return this.policies.current(fleet);
    const found = await this.policies.version(fleet, version);
    if (found) return found;
    throw new ControlPlaneError('not-found', `The fleet's policy has no version ${version}.`);
  }

  /**
   * Makes a document the policy from now on. One that says what holds already changes nothing.
   *
   * @throws ControlPlaneError `policy-changed` where it was made of another version than the one that holds
   */
  async set(caller: AdminCaller, { version, samples }: FleetPolicyDocument): Promise<FleetPolicyView> {
    const { fleet } = caller;
    await this.database.transaction(async (manager) => {
      const before = await this.policies.lock(manager, fleet);
      if (version !== undefined && version !== before.version) {
        const detail = `Version ${before.version} holds, and this one was made of version ${version}.`;
        throw new ControlPlaneError('policy-changed', detail);
      }
      if (before.version > 0 && isDeepStrictEqual(before.samples, samples)) return;
      const next = { version: before.version + 1, samples, changedBy: actorOf(caller) };
      await this.policies.add(manager, fleet, next);
      await this.audit.record(manager, {
        ...{ fleet, actor: actorOf(caller), action: 'fleet.policy', subject: fleet },
        detail: { version: next.version, before: before.samples, after: samples },
      });
    });
    return this.policies.current(fleet);
  }
}
