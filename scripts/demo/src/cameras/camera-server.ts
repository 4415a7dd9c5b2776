import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { CameraFeed } from './camera-feed.js';
import { RtspSession } from './rtsp-session.js';

/** Clients at once; a gateway opens each camera once. */
const MOST_CLIENTS = 32;

/** Cameras of the demo as a network has them: by RTSP (RFC 2326), over TCP or UDP. */
export class CameraServer {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly feeds: ReadonlyMap<string, CameraFeed>,
  ) {
    server.maxConnections = MOST_CLIENTS;
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      new RtspSession(socket, (path) => this.feeds.get(path.slice(1)));
    });
  }

  /** @param feeds by name */
  static async start(feeds: ReadonlyMap<string, CameraFeed>): Promise<CameraServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CameraServer(server, feeds);
  }

  urlOf(name: string): string {
    return `rtsp://127.0.0.1:${(this.server.address() as AddressInfo).port}/${name}`;
  }

  async stop(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await Promise.all([...this.feeds.values()].map((feed) => feed.stop()));
  }
}
