import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { CameraFeed } from './camera-feed.js';
import {
  answerBytes,
  interleaved,
  RtspReader,
  transportOf,
  type RtspAnswer,
  type RtspRequest,
} from './rtsp-message.js';
import { openUdpPair, type UdpPair } from './udp-pair.js';

const METHODS = ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'GET_PARAMETER', 'SET_PARAMETER', 'TEARDOWN'];
/** A client that says nothing for so long is gone; it keeps itself alive by GET_PARAMETER or OPTIONS. */
const TIMEOUT_SECONDS = 60;
/** A client that does not read: packets are left out for it, as a network would. */
const MOST_UNSENT_BYTES = 2 * 1024 * 1024;

const OK: RtspAnswer = { status: 200, reason: 'OK' };
const refused = (status: number, reason: string): RtspAnswer => ({ status, reason });

/** One client of the cameras: what it asked for, and how it gets it. */
export class RtspSession {
  private readonly reader = new RtspReader();
  private readonly id = randomBytes(8).toString('hex');
  private send: ((channel: 0 | 1, packet: Uint8Array) => void) | undefined;
  private ports: UdpPair | undefined;
  private unlisten: () => void = () => undefined;
  /** Requests are answered in the order in which they came. */
  private answering: Promise<void> = Promise.resolve();

  /** @param feedOf by path, such as `/belt` */
  constructor(
    private readonly socket: Socket,
    private readonly feedOf: (path: string) => CameraFeed | undefined,
  ) {
    socket.setNoDelay(true);
    socket.setTimeout(TIMEOUT_SECONDS * 1500, () => socket.destroy());
    socket.on('data', (piece: Buffer) => this.receive(piece));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.end());
  }

  private receive(piece: Buffer): void {
    try {
      for (const request of this.reader.push(piece)) {
        this.answering = this.answering.then(() => this.handle(request));
      }
    } catch {
      this.socket.end(answerBytes(refused(400, 'Bad Request'), '0'));
    }
  }

  private async handle(request: RtspRequest): Promise<void> {
    const answer = await this.answerTo(request);
    if (this.socket.writable) {
      this.socket.write(answerBytes(answer, request.headers.get('cseq') ?? '0'));
    }
    if (request.method === 'TEARDOWN') this.end();
  }

  private async answerTo({ method, url, headers }: RtspRequest): Promise<RtspAnswer> {
    const session = { Session: `${this.id};timeout=${TIMEOUT_SECONDS}` };
    const path = pathOf(url);
    switch (method) {
      case 'OPTIONS':
        return { ...OK, headers: { Public: METHODS.join(', ') } };
      case 'DESCRIBE': {
        const feed = this.feedOf(path);
        if (!feed) return refused(404, 'Not Found');
        const described = { 'Content-Base': `${url.replace(/\/$/, '')}/`, 'Content-Type': 'application/sdp' };
        return { ...OK, headers: described, body: feed.sdp };
      }
      case 'SETUP': {
        if (!this.feedOf(path)) return refused(404, 'Not Found');
        const transport = await this.setUp(headers.get('transport') ?? '');
        if (transport === undefined) return refused(461, 'Unsupported Transport');
        return { ...OK, headers: { ...session, Transport: transport } };
      }
      case 'PLAY': {
        const feed = this.feedOf(path);
        if (!feed || !this.send) return refused(455, 'Method Not Valid in This State');
        this.unlisten();
        this.unlisten = feed.listen(this.send);
        return { ...OK, headers: { ...session, Range: 'npt=0.000-' } };
      }
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
      case 'TEARDOWN':
        return { ...OK, headers: session };
      default:
        return { ...refused(405, 'Method Not Allowed'), headers: { Allow: METHODS.join(', ') } };
    }
  }

  /** @returns how it is done, for the client; undefined where nothing that it wants can be had */
  private async setUp(header: string): Promise<string | undefined> {
    const transport = transportOf(header);
    if (!transport) return undefined;
    if (transport.kind === 'tcp') {
      const { channel } = transport;
      this.send = (which, packet) => {
        if (this.socket.writableLength < MOST_UNSENT_BYTES) {
          this.socket.write(interleaved(channel + which, packet));
        }
      };
      return `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}`;
    }
    this.ports?.close();
    const ports = await openUdpPair();
    this.ports = ports;
    // To nobody but who asked.
    const address = this.socket.remoteAddress;
    this.send = (which, packet) => {
      if (which === 0) ports.rtp.send(packet, transport.rtp, address);
      else ports.rtcp.send(packet, transport.rtcp, address);
    };
    const { rtp, rtcp } = transport;
    return `RTP/AVP;unicast;client_port=${rtp}-${rtcp};server_port=${ports.port}-${ports.port + 1}`;
  }

  private end(): void {
    this.unlisten();
    this.unlisten = () => undefined;
    this.send = undefined;
    this.ports?.close();
    this.ports = undefined;
  }
}

/** Of the camera: a track is a part of it. */
function pathOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return path.replace(/\/(track\/?)?$/, '');
}
