import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const TICK_MS = 10;

/** A way to a server on this machine that carries so many bytes a second back from it. */
export class SlowLink {
  carriedBytes = 0;
  private readonly sockets = new Set<Socket>();
  private constructor(private readonly server: Server) {}

  static async to(port: number, bytesPerSecond: number): Promise<SlowLink> {
    const server = createServer((near) => link.join(near, connect(port, '127.0.0.1'), bytesPerSecond));
    const link = new SlowLink(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return link;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket, far: Socket, bytesPerSecond: number): void {
    let queued = Buffer.alloc(0);
    let carriedAt = performance.now();
    const timer = setInterval(() => {
      // By the time that passed: a busy machine calls late.
      const share = Math.ceil((bytesPerSecond * (performance.now() - carriedAt)) / 1000);
      carriedAt = performance.now();
      const piece = queued.subarray(0, share);
      queued = queued.subarray(share);
      this.carriedBytes += piece.length;
      if (piece.length > 0 && near.writable) near.write(piece);
    }, TICK_MS);
    near.pipe(far);
    far.on('data', (piece: Buffer) => (queued = Buffer.concat([queued, piece])));
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearInterval(timer);
        near.destroy();
        far.destroy();
      });
    }
  }
}
