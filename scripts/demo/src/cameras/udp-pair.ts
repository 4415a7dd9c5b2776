import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** Two ports of this machine in a row, the first one even, as RTP wants them (RFC 3550, 11): frames, and reports about them. */
export interface UdpPair {
  readonly rtp: Socket;
  readonly rtcp: Socket;
  readonly port: number;
  close(): void;
}

const MOST_TRIES = 50;

export async function openUdpPair(): Promise<UdpPair> {
  for (let i = 0; i < MOST_TRIES; i += 1) {
    const rtp = await bound(0);
    const { port } = rtp.address();
    const rtcp = port % 2 === 0 ? await bound(port + 1).catch(() => undefined) : undefined;
    if (rtcp) {
      const close = (): void => {
        rtp.close();
        rtcp.close();
      };
      return { rtp, rtcp, port, close };
    }
    rtp.close();
  }
  throw new Error('no two UDP ports in a row are free');
}

async function bound(port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  // A receiver that is gone answers with an ICMP message; its session ends by its connection.
  socket.on('error', () => undefined);
  return socket;
}
