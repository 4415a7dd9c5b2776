import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between a client and the control plane and changes one byte of every uploaded file. */
export class AlteringProxy {
  private constructor(private readonly server: Server) {}

  static async to(target: string): Promise<AlteringProxy> {
    const server = createServer((incoming, outgoing) => forward(target, incoming, outgoing));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new AlteringProxy(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

function forward(target: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers } = incoming;
  const onward = request(new URL(incoming.url ?? '/', target), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  let isFirst = true;
  incoming.on('data', (piece: Buffer) => {
    const passed = Buffer.from(piece);
    if (method === 'PUT' && isFirst) passed[passed.length >> 1]! ^= 1;
    isFirst = false;
    onward.write(passed);
  });
  incoming.on('end', () => onward.end());
}
