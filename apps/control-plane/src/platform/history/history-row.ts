import type { HistoryEvent } from '@hamon/contracts';

/** An event as the tables of histories hold it. */
export type HistoryRow = Omit<HistoryEvent, 'at'> & { readonly at: Date };

export const historyEventOf = ({ at, ...event }: HistoryRow): HistoryEvent => ({
  ...event,
  at: at.toISOString(),
});
