import { OpcuaServer } from './opcua-server.js';
import type { OpcuaNews, OpcuaOrder } from './messages.js';

/** The process of one OPC UA server. It serves what its parent tells it to, and ends with its parent. */

let server: OpcuaServer | undefined;

const tell = (news: OpcuaNews, done: () => void = () => undefined): void => {
  if (process.connected) process.send?.(news, undefined, undefined, done);
  else done();
};

function fail(cause: unknown): void {
  const detail = cause instanceof Error ? cause.message : String(cause);
  tell({ kind: 'failed', detail: detail.slice(0, 300) }, () => process.exit(1));
}

process.on('message', (order: OpcuaOrder) => {
  switch (order.kind) {
    case 'serve':
      OpcuaServer.open(order).then((opened) => {
        server = opened;
        tell({ kind: 'serving', url: opened.url });
      }, fail);
      return;
    case 'expect':
      server?.expect(order.stream);
      return;
    case 'leave':
      server?.leave(order.stream);
      return;
    case 'show':
      server?.show(order.stream, order.values);
  }
});
process.on('disconnect', () => {
  const ending = server?.close() ?? Promise.resolve();
  void ending.catch(() => undefined).then(() => process.exit(0));
});
// A signal to the whole group is the parent's matter: it closes the channel when it is done.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
