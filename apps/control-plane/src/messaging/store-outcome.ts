import type { StoreOutcome } from './batch.js';
import { faultOf } from '../platform/database-fault.js';

/** Runs a write and tells whether trying again makes sense. */
export async function outcomeOf(write: () => Promise<void>): Promise<StoreOutcome> {
  try {
    await write();
    return { kind: 'stored' };
  } catch (cause) {
    const fault = faultOf(cause);
    if (fault === 'server') return { kind: 'unavailable', cause };
    return { kind: fault === 'data' ? 'refused' : 'broken', cause };
  }
}
