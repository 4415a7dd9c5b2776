import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { messageSpec, parseTopic } from '@hamon/contracts';
import { Aedes, type AuthenticateError, type Client } from 'aedes';
import type { DeviceDirectory } from '../device-directory.js';
import { PendingConnections } from './pending-connections.js';
import type { BrokerReport } from './broker-report.js';
import type { BrokerSession, Publication } from './broker-session.js';
import { ConnectAuthenticator, type Admission, type ConnectRequest } from './connect-authenticator.js';
import { exactRetained } from './exact-retained.js';
import { GuardedConnection } from './guarded-connection.js';
import type { Taker } from './hand-over.js';
import { HandOvers } from './hand-overs.js';

/** File descriptors of a common Linux service; a larger fleet has outgrown the embedded broker. */
const MAX_CONNECTIONS = 20_000;
const MAX_UNAUTHENTICATED = 1_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** A subscriber that does not read for so long is cut off: until then it delays the message for others. */
const DRAIN_TIMEOUT_MS = 10_000;
/** For clients without keep alive (0): they are cut off after one and a half times this without a packet. */
const UNPROMISED_KEEPALIVE_SECONDS = 600;
const BARRED_SWEEP_MS = 5_000;

const RETURN_CODE = { unavailable: 3, refused: 5 } as const;

type ConnectFields = Omit<ConnectRequest, 'username' | 'password'>;

/**
 * An MQTT 3.1.1 broker in this process (aedes) that knows devices by their keys and lets each do only what the contracts'
 * topic rules say. Retained messages live in memory: the control plane publishes them again at each start.
 */
export class EmbeddedBroker {
  private readonly authenticator: ConnectAuthenticator;
  private readonly server: Server;
  private readonly connects = new WeakMap<Client, ConnectFields>();
  private readonly sessions = new WeakMap<Client, Admission>();
  private readonly devices = new Map<string, Client>();
  private readonly connections = new Set<GuardedConnection>();
  private readonly handOvers: HandOvers;
  private readonly pending = new PendingConnections<GuardedConnection>(MAX_UNAUTHENTICATED);
  private aedes: Aedes | undefined;
  private sweep: NodeJS.Timeout | undefined;
  private closed: Promise<void> | undefined;

  constructor(
    private readonly directory: DeviceDirectory,
    private readonly report: BrokerReport,
    private readonly now: () => Date = () => new Date(),
    private readonly unpromisedKeepaliveSeconds = UNPROMISED_KEEPALIVE_SECONDS,
  ) {
    this.authenticator = new ConnectAuthenticator(directory, now);
    this.handOvers = new HandOvers((cause) => report.fault('a message could not be taken', cause));
    this.server = createServer({ pauseOnConnect: false }, (socket) => {
      if (this.aedes) this.take(socket, this.aedes);
      else socket.destroy();
    });
    this.server.maxConnections = MAX_CONNECTIONS;
  }

  /** The control plane's own account. */
  get service(): ConnectAuthenticator['service'] {
    return this.authenticator.service;
  }

  /** Devices connected now. */
  get deviceCount(): number {
    return this.devices.size;
  }

  /** Listens; answers the port, which is a free one where `port` is 0. */
  async start(host: string, port: number): Promise<number> {
    const aedes = await Aedes.createBroker({
      persistence: exactRetained(),
      connectTimeout: CONNECT_TIMEOUT_MS,
      drainTimeout: DRAIN_TIMEOUT_MS,
      preConnect: (client, packet, done) => {
        const { clientId, clean, will } = packet;
        // The library reads on. A half-open connection would otherwise last until its token expires.
        if (!packet.keepalive) packet.keepalive = this.unpromisedKeepaliveSeconds;
        this.pending.heard(client.conn as GuardedConnection);
        this.connects.set(client, {
          clientId,
          clean: clean ?? false,
          will: will && { topic: will.topic, payload: will.payload, qos: will.qos ?? 0 },
        });
        done(null, true);
      },
      authenticate: (client, username, password, done) => {
        this.authenticate(client, username, password).then(
          (refusal) => (refusal ? done(refusal, false) : done(null, true)),
          (cause: unknown) => {
            this.report.fault('a device could not be looked up', cause);
            done(authenticateError(RETURN_CODE.unavailable, 'try again later'), false);
          },
        );
      },
      authorizePublish: (client, packet, done) => this.authorizePublish(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => {
        const session = this.session(client);
        const rule = session?.refuseSubscribe(subscription.topic);
        if (rule !== undefined) this.report.refused('subscribe', client.id, rule);
        done(null, rule === undefined ? subscription : null);
      },
    });
    aedes.on('unsubscribe', (filters, client) => {
      const session = this.session(client);
      filters.forEach((filter) => session?.unsubscribed(filter));
    });
    aedes.on('clientError', (client, error) => this.noteError(client, error));
    aedes.on('connectionError', (client, error) => this.noteError(client, error));
    aedes.on(
      'error' as 'closed',
      ((cause: unknown) => this.report.fault('the broker failed', cause)) as () => void,
    );
    this.aedes = aedes;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    this.server.on('error', (cause) => this.report.fault('the broker failed to accept a connection', cause));
    this.sweep = setInterval(() => void this.closeBarred(), BARRED_SWEEP_MS).unref();
    return (this.server.address() as AddressInfo).port;
  }

  /** Sets who takes what devices send. Until then messages wait, and are not acknowledged. */
  handOverTo(taker: Taker): void {
    this.handOvers.to(taker);
  }

  /** Cuts devices off. What was acknowledged to them was taken before; they send the rest again. */
  closeIntake(): void {
    this.handOvers.close();
    void this.closeServer();
    for (const { conn } of this.devices.values()) conn.destroy();
  }

  private closeServer(): Promise<void> {
    this.closed ??= new Promise<void>((resolve) => this.server.close(() => resolve()));
    return this.closed;
  }

  /** Closes every connection and stops listening. */
  async stop(): Promise<void> {
    clearInterval(this.sweep);
    this.closeIntake();
    const aedes = this.aedes;
    this.aedes = undefined;
    if (aedes) await new Promise<void>((resolve) => aedes.close(resolve));
    for (const connection of this.connections) connection.destroy();
    await this.closeServer();
  }

  /** Closes a device's connection, if there is one. */
  disconnect(device: string): void {
    this.devices.get(device)?.conn.destroy();
  }

  private take(socket: Socket, aedes: Aedes): void {
    const connection = new GuardedConnection(socket);
    const leaving = this.pending.enter(connection, connection.remoteAddress);
    if (leaving) {
      leaving.destroy();
      this.report.refused('connection', leaving.remoteAddress, 'too many are connecting');
    }
    if (leaving === connection) return;
    this.connections.add(connection);
    connection.once('admitted', () => this.pending.leave(connection));
    connection.once('close', () => {
      this.connections.delete(connection);
      this.pending.leave(connection);
    });
    aedes.handle(connection);
  }

  private async authenticate(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
  ): Promise<AuthenticateError | undefined> {
    const connection = client.conn as GuardedConnection;
    const connect = this.connects.get(client);
    if (!connect) return authenticateError(RETURN_CODE.refused, 'no CONNECT');
    const admission = await this.authenticator.admit({ ...connect, username, password });
    if (!admission.ok) {
      this.report.refused('connection', `${connect.clientId}@${connection.remoteAddress}`, admission.error);
      return authenticateError(RETURN_CODE.refused, admission.error);
    }
    if (connection.destroyed) return authenticateError(RETURN_CODE.refused, 'the connection has gone');
    this.sessions.set(client, admission.value);
    if (admission.value.kind === 'device') this.track(client, connection, admission.value.session);
    connection.admit();
    return undefined;
  }

  private track(
    client: Client,
    connection: GuardedConnection,
    { fleet, device, expiresAt }: BrokerSession,
  ): void {
    this.devices.set(device, client);
    const expiry = setTimeout(
      () => connection.destroy(),
      Math.max(0, expiresAt.getTime() - this.now().getTime()),
    ).unref();
    connection.once('close', () => {
      clearTimeout(expiry);
      this.handOvers.leave(fleet, device, connection);
      // After a take-over the entry is the newer connection's.
      if (this.devices.get(device) === client) this.devices.delete(device);
    });
  }

  private authorizePublish(
    client: Client | null,
    packet: Publication & { retain: boolean },
    done: (error?: Error | null) => void,
  ): void {
    const session = client && this.session(client);
    if (!session) {
      done(null);
      return;
    }
    const rule = session.refusePublish(packet);
    if (rule !== undefined) {
      this.report.refused('publish', session.device, rule);
      done(new Error(rule));
      return;
    }
    const name = parseTopic(packet.topic)?.name;
    packet.retain &&= name !== undefined && messageSpec(name).retain;
    const { fleet, device } = session;
    const { topic } = packet;
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    // The library sends a will once it has closed its client.
    const connection = client.closed ? undefined : client.conn;
    const taken = (isTaken: boolean): void =>
      done(isTaken ? null : new Error('the control plane is stopping'));
    const handOver = (): void => {
      if (client.closed && connection) taken(false);
      else this.handOvers.offer(fleet, { device, connection, topic, payload, done: taken });
    };
    const waitMs = session.throttleMs(packet, this.now().getTime());
    if (waitMs === 0) handOver();
    else setTimeout(handOver, waitMs).unref();
  }

  private session(client: Client): BrokerSession | undefined {
    const admission = this.sessions.get(client);
    return admission?.kind === 'device' ? admission.session : undefined;
  }

  private noteError(client: Client, error: Error): void {
    if (error.name !== 'ConnectionViolation') return;
    this.report.refused(
      'publish',
      client.id ?? (client.conn as GuardedConnection).remoteAddress,
      error.message,
    );
  }

  private async closeBarred(): Promise<void> {
    try {
      const devices = [...this.devices].map(([device, client]) => ({
        device,
        key: this.session(client)?.key ?? '',
      }));
      for (let at = 0; at < devices.length; at += 1000) {
        for (const device of await this.directory.barred(devices.slice(at, at + 1000)))
          this.disconnect(device);
      }
    } catch (cause) {
      this.report.fault('retired devices could not be looked up', cause);
    }
  }
}

const authenticateError = (returnCode: number, detail: string): AuthenticateError =>
  Object.assign(new Error(detail), { returnCode });
