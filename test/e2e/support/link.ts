import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A line between a device and its broker that can be held up in the middle of a download. */
export class Link {
  private readonly server: Server;
  private readonly upstreams = new Set<Socket>();
  /** Bytes towards the device that still pass. */
  private left = Infinity;
  private passed = 0;

  private constructor(private readonly target: URL) {
    this.server = createServer((device) => this.relay(device));
  }

  static async to(url: string): Promise<Link> {
    const link = new Link(new URL(url));
    link.server.listen(0, '127.0.0.1');
    await once(link.server, 'listening');
    return link;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Bytes towards the device since the line was last held or released. */
  get passedBytes(): number {
    return this.passed;
  }

  get isHolding(): boolean {
    return this.left <= 0;
  }

  /** From now on, so many bytes pass towards the device and no more. */
  holdAfter(bytes: number): void {
    this.left = bytes;
    this.passed = 0;
  }

  release(): void {
    this.holdAfter(Infinity);
    for (const upstream of this.upstreams) upstream.resume();
  }

  async close(): Promise<void> {
    for (const upstream of this.upstreams) upstream.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private relay(device: Socket): void {
    const upstream = connect(Number(this.target.port), this.target.hostname);
    this.upstreams.add(upstream);
    device.on('data', (piece: Buffer) => upstream.write(piece));
    upstream.on('data', (piece: Buffer) => {
      // A piece passes whole: where exactly the line holds does not matter.
      device.write(piece);
      this.passed += piece.length;
      this.left -= piece.length;
      if (this.isHolding) upstream.pause();
    });
    for (const [one, other] of [
      [device, upstream],
      [upstream, device],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
    upstream.on('close', () => this.upstreams.delete(upstream));
  }
}
