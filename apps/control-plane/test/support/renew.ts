import { DesiredStateService } from '../../src/trust/desired-state.service.js';
import { DesiredStore } from '../../src/trust/desired.store.js';
import type { TestControlPlane } from './test-control-plane.js';

/** What the renewal worker does once manifests come near their expiry. */
export const renew = ({ app, database }: TestControlPlane): Promise<void> =>
  database.transaction(async (manager) => {
    const locked = await app.get(DesiredStore, { strict: false }).lockExpiring(manager, 10 ** 8, 100);
    await app.get(DesiredStateService, { strict: false }).signAnew(manager, locked);
  });
