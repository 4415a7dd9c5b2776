import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

export interface Place {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export interface Reached {
  /** When its certificate ends; of TLS only. */
  readonly certificateEnds?: Date;
}

/** A person's words for what the system calls it, and what shows more. */
interface Unreached {
  readonly why: string;
  readonly command: string;
}

/** Opens a connection and closes it again: is somebody there, and does the certificate hold? */
export function reach(place: Place, signal: AbortSignal): Promise<Reached | Unreached> {
  const { host, port, tls } = place;
  return new Promise((resolve) => {
    const socket: Socket = tls
      ? connectTls({ host, port, servername: nameOf(host) })
      : connectTcp(port, host);
    const end = (outcome: Reached | Unreached): void => {
      signal.removeEventListener('abort', late);
      socket.destroy();
      resolve(outcome);
    };
    const late = (): void => end(describe('ETIMEDOUT', 'no answer', place));
    signal.addEventListener('abort', late, { once: true });
    socket.once('error', ({ code = '', message }: NodeJS.ErrnoException) =>
      end(describe(code, message, place)),
    );
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      const ends = tls ? Date.parse((socket as TLSSocket).getPeerCertificate().valid_to) : Number.NaN;
      end(Number.isNaN(ends) ? {} : { certificateEnds: new Date(ends) });
    });
  });
}

/** An address is no server name (RFC 6066, section 3). */
const nameOf = (host: string): string => (/^[\d.]+$|:/.test(host) ? '' : host);

export const placeText = ({ host, port }: Place): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

function describe(code: string, message: string, place: Place): Unreached {
  const at = placeText(place);
  const { host, port } = place;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return { why: `the name ${host} is not known here`, command: `getent hosts ${host}` };
  }
  if (code === 'ECONNREFUSED') return { why: `nobody listens at ${at}`, command: `nc -vz ${host} ${port}` };
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') {
    return { why: `no way to ${at}: network, address or a firewall`, command: `ping -c 3 ${host}` };
  }
  if (code.startsWith('CERT') || /CERT|SIGNATURE|TLS|SSL/.test(code)) {
    const show = `openssl s_client -connect ${at} </dev/null | openssl x509 -noout -subject -issuer -dates`;
    return { why: `the certificate of ${at} is refused: ${message}`, command: show };
  }
  return { why: `${at}: ${message}`, command: `nc -vz ${host} ${port}` };
}
