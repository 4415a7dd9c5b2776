import { Injectable } from '@nestjs/common';
import type { SampleMeta } from '@hamon/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { FleetPolicyStore } from '../fleet/fleet-policy.store.js';
import { ControlPlaneError } from '../platform/errors.js';
import { chargeOf } from './charge-of.js';
import { SampleBudgetStore } from './sample-budget.store.js';
import { SampleFiles } from './sample-files.js';
import { SampleStore } from './sample.store.js';
import { requireWanted } from './require-wanted.js';

/** Serialises what becomes of one picture's file; held to the end of the transaction. */
const LOCK = 'SELECT pg_advisory_xact_lock(hashtextextended($1, 2))';

/** Keeps rows and files of samples together: a row is never without its file, a file without a row is removed. */
@Injectable()
export class SampleKeeper {
  constructor(
    private readonly database: DataSource,
    private readonly policies: FleetPolicyStore,
    private readonly budgets: SampleBudgetStore,
    private readonly samples: SampleStore,
    private readonly files: SampleFiles,
  ) {}

  /**
   * Makes a picture whose file is stored the fleet's own. Everything that may have changed while it was on its way is looked at
   * again: the policy, the device, the budgets.
   *
   * @returns false where its id is taken
   */
  async keep(fleet: string, meta: SampleMeta): Promise<boolean> {
    const { device, sha256, bytes } = meta;
    const charged = chargeOf(meta);
    return this.database.transaction(async (manager) => {
      const { samples: rules } = await this.policies.current(fleet, manager);
      requireWanted(rules);
      await requirePresent(manager, fleet, device);
      await this.lock(manager, fleet, sha256);
      if ((await this.files.of(fleet).lengthOf(sha256)) !== bytes) {
        const detail = 'The picture was deleted while it was taken; send it again.';
        throw new ControlPlaneError('unavailable', detail, { retryAfterSeconds: 1 });
      }
      if (!(await this.samples.insert(manager, fleet, meta, charged))) return false;
      await this.budgets.take(manager, { fleet, device }, charged, rules);
      return true;
    });
  }

  /** Removes a file that is no sample's; one that is about to become one is stored again. */
  removeUnused(fleet: string, sha256: string): Promise<void> {
    return this.database.transaction(async (manager) => {
      await this.lock(manager, fleet, sha256);
      if (!(await this.samples.isUsed(manager, fleet, sha256))) await this.files.of(fleet).remove(sha256);
    });
  }

  private async lock(manager: EntityManager, fleet: string, sha256: string): Promise<void> {
    await manager.query(LOCK, [`${fleet}/${sha256}`]);
  }
}

/** A device that was retired while its picture was on the way sends nothing more. */
async function requirePresent(manager: EntityManager, fleet: string, device: string): Promise<void> {
  const rows = await manager.query<unknown[]>(
    'SELECT 1 FROM known_devices WHERE fleet = $1 AND id = $2 AND retired_at IS NULL',
    [fleet, device],
  );
  if (rows.length === 0) throw new ControlPlaneError('device-shut-out', 'This device was retired.');
}
