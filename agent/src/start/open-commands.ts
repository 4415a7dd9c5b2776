import { RecordFile } from '../adapters/record-file.js';
import type { BenchmarkWork } from '../benchmark/benchmark-work.js';
import { CommandInbox } from '../commands/command-inbox.js';
import { DeviceOrders } from '../commands/device-orders.js';
import type { ReplySender } from '../commands/reply-sender.js';
import { EMPTY_ORDERS, OrderRecord } from '../core/order-record.js';
import type { LogRing } from '../log-ring.js';
import { StateKeeper } from '../state-keeper.js';
import type { ControlLink } from '../control-link.js';
import type { Device } from './make-device.js';
import type { StateFolder } from './open-state-folder.js';

export interface CommandParts {
  readonly device: Device;
  readonly folder: StateFolder;
  readonly link: ControlLink;
  readonly benchmarks: BenchmarkWork;
  readonly replies: ReplySender;
  readonly logLines: LogRing;
  /** Stops the agent in order, for its supervisor to start it again. */
  readonly restart: () => void;
  /** The later of the machine's clock and its time floor. */
  readonly now: () => Date;
}

/** Who takes what is asked of this device by signed commands. */
export async function openCommands(parts: CommandParts): Promise<void> {
  const { device, folder, link, benchmarks, replies, logLines, restart, now } = parts;
  const { identity, tell } = device;
  const { fleet, device: id, manifestKey } = identity;
  const file = new RecordFile({
    ...{ path: folder.paths.orderRecord, schema: OrderRecord, empty: EMPTY_ORDERS },
    what: 'the record of obeyed orders',
  });
  const orders = new DeviceOrders({
    keeper: new StateKeeper<OrderRecord>(await file.load(), file, () => undefined),
    answer: (reply) => replies.answer(reply),
    ...{ log: logLines, restart, now: device.now },
  });
  await orders.begin();
  link.listen(
    new CommandInbox({
      ...{ fleet, device: id, manifestKey, now },
      handlers: { benchmark: benchmarks.orders, cancel: benchmarks.orders, logs: orders, restart: orders },
      onRejected: (detail) => tell('command-rejected', { detail: detail.slice(0, 500) }),
    }),
  );
}
