import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../adapters/is-loopback.js';
import type { HttpFault } from './problem-response.js';

export interface AccessGuardOptions {
  /** The configured one, which may be a name of this machine. */
  readonly host: string;
  /** What requests from elsewhere must carry; without it they are refused. */
  readonly token?: string;
}

export const ACCESS_COOKIE = 'hamon_access';
/** Names under which a program or a browser on this machine reaches it. */
const THIS_MACHINE = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Who may ask the local HTTP. Programs on this machine may; what comes from elsewhere needs the token. A browser on this
 * machine runs other people's pages: those must neither ask by themselves (`Origin`, Fetch Metadata) nor by a name of
 * theirs that leads here (DNS rebinding).
 */
export class AccessGuard {
  private readonly tokenDigest: Buffer | undefined;
  private readonly cookieDigest: Buffer | undefined;
  /** What a browser carries instead of the token; a new token makes it worthless. */
  readonly cookie: string | undefined;

  constructor(private readonly options: AccessGuardOptions) {
    const { token } = options;
    if (token === undefined) return;
    this.tokenDigest = digest(token);
    this.cookie = createHmac('sha256', token).update('hamon local page').digest('base64url');
    this.cookieDigest = digest(this.cookie);
  }

  /** Undefined where the request may be answered. */
  refusal(request: IncomingMessage): HttpFault | undefined {
    return this.foreignPage(request) ?? (this.isKnown(request) ? undefined : this.stranger(request));
  }

  /** A page of somebody else has made a browser ask. */
  foreignPage({ headers, method }: IncomingMessage): HttpFault | undefined {
    const { host, origin } = headers;
    const site = headers['sec-fetch-site'];
    const isOwn = origin === undefined || hostOf(origin) === host?.toLowerCase();
    // To follow a link to the page is to open it; nothing is done by that.
    const isLink = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
    const isNear = site === undefined || site === 'same-origin' || site === 'none' || isLink;
    if (isOwn && isNear) return undefined;
    const detail = 'a page of another origin asked: only pages that this agent serves may do so in a browser';
    return { status: 403, code: 'foreign-origin', detail };
  }

  /** Compared in constant time. */
  isToken(offered: string): boolean {
    return this.tokenDigest !== undefined && timingSafeEqual(digest(offered), this.tokenDigest);
  }

  private isKnown({ headers }: IncomingMessage): boolean {
    const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
    if (bearer !== undefined && this.isToken(bearer)) return true;
    const cookie = cookieIn(headers.cookie ?? '');
    return (
      cookie !== undefined &&
      this.cookieDigest !== undefined &&
      timingSafeEqual(digest(cookie), this.cookieDigest)
    );
  }

  private stranger({ socket, headers }: IncomingMessage): HttpFault | undefined {
    // A proxy on this machine speaks for somebody who may be anywhere.
    const isForwarded = headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined;
    if (!isLoopback(socket.remoteAddress ?? '') || isForwarded) {
      const detail =
        this.tokenDigest === undefined
          ? 'requests from outside of this machine are refused: no token is configured (http.token)'
          : 'requests from outside of this machine need "Authorization: Bearer <http.token>"';
      return { status: 401, code: 'unauthorized', detail, headers: { 'www-authenticate': 'Bearer' } };
    }
    const name = nameIn(headers.host ?? '');
    if (THIS_MACHINE.test(name) || name === this.options.host.toLowerCase()) return undefined;
    const detail = `"${name.slice(0, 100)}" is no name of this machine that is known here: use localhost or 127.0.0.1`;
    return { status: 403, code: 'foreign-host', detail };
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Without its port. */
const nameIn = (host: string): string => host.toLowerCase().replace(/:\d+$/, '');

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    // "null": a sandboxed page, or a file.
    return undefined;
  }
}

function cookieIn(header: string): string | undefined {
  for (const pair of header.split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === ACCESS_COOKIE) return value;
  }
  return undefined;
}
