import { Timestamp, type CommandReason, type LogsCommand, type RestartCommand } from '@hamon/contracts';
import { z } from 'zod';

/** All of the obeyed orders that must survive a restart, `hamon.agent-orders/1`. */
export const OrderRecord = z.strictObject({
  schema: z.literal('hamon.agent-orders/1'),
  /** When the newest obeyed order was issued: nothing older is obeyed. */
  newest: Timestamp.nullable(),
  /** The newest restart: one id is obeyed once. `isBack`: the agent that was told to restart has started since. */
  restart: z.strictObject({ id: z.uuid(), isBack: z.boolean() }).nullable(),
  /** Id of the newest order to send the log. */
  logs: z.uuid().nullable(),
});
export type OrderRecord = z.infer<typeof OrderRecord>;

export const EMPTY_ORDERS: OrderRecord = {
  schema: 'hamon.agent-orders/1',
  newest: null,
  restart: null,
  logs: null,
};

export interface OrderAcceptance {
  /** The same object where nothing changes. */
  readonly next: OrderRecord;
  /** `again`: it is obeyed already, and its sender has not heard so. */
  readonly verdict: 'obey' | 'again' | CommandReason;
}

/**
 * What becomes of an order whose signature, addressee and expiry hold already. Orders to a device are issued one after the
 * other: one that is not newer than the newest obeyed one is a replay, unless it is that very one.
 */
export function acceptOrder(command: LogsCommand | RestartCommand, record: OrderRecord): OrderAcceptance {
  const { id, kind, issuedAt } = command;
  const known = kind === 'restart' ? record.restart?.id : record.logs;
  if (known === id) return { next: record, verdict: 'again' };
  if (record.newest !== null && Date.parse(issuedAt) <= Date.parse(record.newest)) {
    const detail = `issued at ${issuedAt}, this device has obeyed one of ${record.newest}`;
    return { next: record, verdict: { code: 'command-replayed', detail } };
  }
  const obeyed = kind === 'restart' ? { restart: { id, isBack: false } } : { logs: id };
  return { next: { ...record, newest: issuedAt, ...obeyed }, verdict: 'obey' };
}

/** The agent has started: whatever restart was under way is done. */
export const started = (record: OrderRecord): OrderRecord =>
  record.restart && !record.restart.isBack
    ? { ...record, restart: { ...record.restart, isBack: true } }
    : record;
