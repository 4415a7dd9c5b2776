import { getEventListeners } from 'node:events';

/** What still hangs on a signal: its listeners, and signals that were made of it (`AbortSignal.any`). */
export function hangingOn(signal: AbortSignal): number {
  const key = Object.getOwnPropertySymbols(signal).find(
    ({ description }) => description === 'kDependantSignals',
  );
  const made = key && (signal as unknown as Record<symbol, Set<unknown> | undefined>)[key];
  return getEventListeners(signal, 'abort').length + (made?.size ?? 0);
}
