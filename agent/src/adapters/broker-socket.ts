import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

export interface BrokerSocketOptions {
  /** `mqtt://` or `tcp://`; `mqtts://` or `ssl://` for TLS. */
  readonly url: string;
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key'>;
  /** Returns why the connection must end, where it must. */
  readonly onPiece: (piece: Buffer) => string | undefined;
}

/** A connection to a broker, watched from outside of the library that speaks over it. */
export function openBrokerSocket({ url, tls = {}, onPiece }: BrokerSocketOptions): Socket {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === 'mqtts:' || protocol === 'ssl:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const at = { host, port: Number(port) || (secure ? 8883 : 1883) };
  // A server name is a name (RFC 6066, 3): an address is checked against the certificate without it.
  const named = isIP(host) === 0 ? { servername: host } : {};
  const socket = secure ? connectTls({ ...at, ...named, ...tls }) : connectTcp(at);
  socket.on('data', (piece: Buffer) => {
    const why = onPiece(piece);
    if (why !== undefined) socket.destroy(new Error(why));
  });
  socket.setNoDelay(true);
  return socket;
}
