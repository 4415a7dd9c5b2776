import type { CompressionProgress } from '@hamon/contracts';
import type { Log } from '../platform/log.js';
import { startPeriodic } from '../platform/periodic.js';
import { LeaseLost, type CompressionLedger } from './compression-ledger.js';
import { LEASE_SECONDS, type Lease } from './compression-queue.js';

/** Steps between two renewals that are recorded; of more, the last ones. */
const MAX_STEPS = 20;

/** Also how late a cancellation at another replica is noticed. */
const EVERY_MS = 1000;

export interface LeaseKeeper {
  /** What the next renewal stores. */
  readonly tell: (progress: CompressionProgress) => void;
  readonly stop: () => Promise<void>;
}

/** Renews a lease and stores how far the run is, until stopped. Aborts the run when the lease is lost. */
export function keepLease(
  lease: Lease,
  ledger: CompressionLedger,
  abort: AbortController,
  log: Log,
): LeaseKeeper {
  let renewedAt = performance.now();
  let latest: CompressionProgress | undefined;
  let begun: readonly string[] = [];
  const renew = async (): Promise<void> => {
    const steps = begun;
    begun = [];
    try {
      await ledger.keep(lease, latest, steps);
      renewedAt = performance.now();
    } catch (cause) {
      begun = [...steps, ...begun].slice(-MAX_STEPS);
      // Without an answer for as long as the lease, another process may have the job.
      const silentMs = performance.now() - renewedAt;
      if (cause instanceof LeaseLost || silentMs > LEASE_SECONDS * 1000) abort.abort();
      if (!(cause instanceof LeaseLost)) throw cause;
    }
  };
  const periodic = startPeriodic('keeping a compression', EVERY_MS, renew, log);
  const tell = (progress: CompressionProgress): void => {
    if (progress.text !== latest?.text) begun = [...begun, progress.text].slice(-MAX_STEPS);
    latest = progress;
  };
  return { tell, stop: () => periodic.stop() };
}
