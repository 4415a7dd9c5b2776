import { randomUUID } from 'node:crypto';
import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import {
  brokerAudience,
  chunkTopic,
  DEFAULT_DEVICE_POLICY,
  deviceTopic,
  Enrolment,
  mayPublish,
  maySubscribe,
  topicOf,
  type BenchmarkCommand,
  type ConfigOrder,
  type BenchmarkPlan,
  type DevicePolicy,
  type GeneralJws,
  type ManifestOrder,
  type PublicJwk,
} from '@hamon/contracts';
import {
  generateSigningKey,
  publicJwkOf,
  signCommand,
  signConfig,
  signManifest,
  verifyDeviceToken,
  verifyEnrolmentProof,
  type SigningJwk,
} from '@hamon/trust';
import { Aedes } from 'aedes';
import { HeardDevices, MODEL } from './heard-devices.js';
import { prepareBundle, type PreparedBundle } from './prepared-bundle.js';

export { MODEL, type PreparedBundle };

export const FLEET = 'acme';
export const QUICK_PLAN: BenchmarkPlan = {
  ...{ rounds: 3, runs: 5, warmupRuns: 2, budgetSeconds: 30, samples: 32, deadlineSeconds: 120 },
};

export const QUICK_POLICY: DevicePolicy = {
  ...DEFAULT_DEVICE_POLICY,
  shadow: { minFrames: 20 },
  probation: { seconds: 0.5, minFrames: 10, maxErrorRate: 0.05 },
  shadowAfterActivationSeconds: 2,
  telemetry: { windowSeconds: 0.5 },
  fallback: { ...DEFAULT_DEVICE_POLICY.fallback, enabled: false },
};

/** The other side of an agent: a real broker with our access rules, and an HTTP server that enrols. */
export class TestFleet extends HeardDevices {
  /** Topics that devices subscribed to, in order. */
  readonly subscriptions: string[] = [];
  manifestKey: SigningJwk;
  clockOffsetMs = 0;
  /** So many enrolments are told to come again before one is let in. */
  busyFor = 0;
  enrolmentAttempts = 0;
  private readonly keys = new Map<string, PublicJwk>();
  private readonly retained = new Map<string, Uint8Array>();
  private sequence = 0;
  private configSequence = 0;
  private broker!: Aedes;
  private server!: Server;
  private http!: HttpServer;
  private port = 0;

  private constructor(key: SigningJwk) {
    super();
    this.manifestKey = key;
  }

  static async start(): Promise<TestFleet> {
    const fleet = new TestFleet(await generateSigningKey());
    await fleet.startBroker();
    await fleet.startHttp();
    return fleet;
  }

  get serverUrl(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  get mqttUrl(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    await this.stopBroker();
    await new Promise((resolve) => {
      this.http.close(resolve);
      this.http.closeAllConnections();
    });
  }

  /** Everything that was retained is lost, as with a broker without a disk; `republish` brings it back. */
  async stopBroker(): Promise<void> {
    await new Promise<void>((resolve) => this.broker.close(() => resolve()));
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  async startBroker(): Promise<void> {
    this.broker = await Aedes.createBroker({
      authenticate: (client, user, password, done) => {
        const key = this.keys.get(user ?? '');
        if (!key || client.id !== user) {
          done(null, false);
          return;
        }
        const expected = { device: client.id, audience: brokerAudience(FLEET), now: this.now() };
        void verifyDeviceToken(String(password), key, expected).then(({ ok }) => done(null, ok));
      },
      authorizePublish: (client, packet, done) =>
        done(!client || mayPublish(FLEET, client.id, packet.topic) ? null : new Error('not allowed')),
      authorizeSubscribe: (client, subscription, done) => {
        this.subscriptions.push(subscription.topic);
        done(null, maySubscribe(FLEET, client?.id ?? '', subscription.topic) ? subscription : null);
      },
    });
    this.broker.on('publish', (packet, client) => {
      if (client) this.hear(packet.topic, packet.payload as Buffer);
    });
    this.server = createServer(this.broker.handle);
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async republish(): Promise<void> {
    for (const [topic, payload] of this.retained) await this.send(topic, payload);
  }

  readonly prepare = prepareBundle;

  async publishChunks({ chunks }: PreparedBundle): Promise<void> {
    for (const [sha256, bytes] of chunks) await this.publishChunk(sha256, bytes);
  }

  publishChunk(sha256: string, bytes: Uint8Array): Promise<void> {
    return this.retain(chunkTopic(FLEET, sha256), bytes);
  }

  /** Signs for a device and publishes; answers the manifest's sequence. */
  async desire(
    device: string,
    bundle: PreparedBundle,
    policy: DevicePolicy = QUICK_POLICY,
    variant = 'fp32',
    order?: ManifestOrder,
  ): Promise<number> {
    const manifest = await this.sign(device, bundle, { policy, variant, ...(order && { order }) });
    await this.publishDesired(device, manifest, bundle.model);
    return this.sequence;
  }

  async sign(
    device: string,
    { built, model, version }: PreparedBundle,
    options: {
      policy?: DevicePolicy;
      order?: ManifestOrder;
      variant?: string;
      sequence?: number;
      fleet?: string;
      expiresInMs?: number;
      key?: SigningJwk;
    } = {},
  ): Promise<GeneralJws> {
    const { policy = QUICK_POLICY, variant = 'fp32', fleet = FLEET, expiresInMs = 3_600_000 } = options;
    const sequence = options.sequence ?? ++this.sequence;
    const issuedAt = new Date();
    return signManifest(
      {
        ...{ schema: 'hamon.manifest/1', fleet, device, sequence, model, version, variant, policy },
        issuedAt: issuedAt.toISOString(),
        expiresAt: new Date(issuedAt.getTime() + expiresInMs).toISOString(),
        bundle: built.ref,
        ...(options.order && { order: options.order }),
      },
      options.key ?? this.manifestKey,
    );
  }

  publishDesired(device: string, manifest: unknown, model = MODEL): Promise<void> {
    const payload = manifest === null ? new Uint8Array(0) : Buffer.from(JSON.stringify(manifest));
    return this.retain(topicOf('desired', { fleet: FLEET, device, model }), payload);
  }

  /** A benchmark command of these variants; answers its id. */
  async benchmark(
    device: string,
    variants: readonly PreparedBundle[],
    options: {
      plan?: Partial<BenchmarkPlan>;
      id?: string;
      issuedAt?: Date;
      expiresInMs?: number;
      device?: string;
      key?: SigningJwk;
    } = {},
  ): Promise<string> {
    const { plan = {}, expiresInMs = 3_600_000, issuedAt = new Date(), id = randomUUID() } = options;
    const [{ model, version }] = variants as readonly [PreparedBundle];
    const command: BenchmarkCommand = {
      ...{ schema: 'hamon.command/1', kind: 'benchmark', fleet: FLEET, device: options.device ?? device, id },
      issuedAt: issuedAt.toISOString(),
      expiresAt: new Date(issuedAt.getTime() + expiresInMs).toISOString(),
      benchmark: {
        ...{ model, version },
        variants: variants.map(({ built, variant }) => ({ variant, bundle: built.ref })),
        plan: { ...QUICK_PLAN, ...plan },
      },
    };
    await this.command(device, await signCommand(command, options.key ?? this.manifestKey));
    return id;
  }

  async cancel(device: string, id: string): Promise<void> {
    const issuedAt = new Date();
    const expiresAt = new Date(issuedAt.getTime() + 3_600_000);
    const times = { issuedAt: issuedAt.toISOString(), expiresAt: expiresAt.toISOString() };
    const head = { schema: 'hamon.command/1', kind: 'cancel', fleet: FLEET, device, id } as const;
    await this.command(device, await signCommand({ ...head, ...times }, this.manifestKey));
  }

  /** Configures a device as the control plane would; answers the sequence. */
  async configure(
    device: string,
    config: Record<string, unknown> | null,
    options: { sequence?: number; trialSeconds?: number; device?: string; key?: SigningJwk } = {},
  ): Promise<number> {
    const { sequence = ++this.configSequence, trialSeconds = 30 } = options;
    const order: ConfigOrder = {
      ...{ schema: 'hamon.device-config/1', fleet: FLEET, device: options.device ?? device },
      ...{ sequence, issuedAt: '2026-03-01T12:00:00.000Z', config, trialSeconds },
    };
    await this.publishConfig(device, await signConfig(order, options.key ?? this.manifestKey));
    return sequence;
  }

  publishConfig(device: string, document: unknown): Promise<void> {
    return this.retain(deviceTopic('config', FLEET, device), Buffer.from(JSON.stringify(document)));
  }

  /** An order that is obeyed at once; answers its id. */
  async order(
    device: string,
    order: { kind: 'restart' } | { kind: 'logs'; lines: number },
    options: { id?: string; issuedAt?: Date; expiresInMs?: number; key?: SigningJwk } = {},
  ): Promise<string> {
    const { id = randomUUID(), issuedAt = new Date(), expiresInMs = 60_000 } = options;
    const expiresAt = new Date(issuedAt.getTime() + expiresInMs).toISOString();
    const head = { schema: 'hamon.command/1', fleet: FLEET, device, id, expiresAt } as const;
    const command = { ...head, ...order, issuedAt: issuedAt.toISOString() };
    await this.command(device, await signCommand(command, options.key ?? this.manifestKey));
    return id;
  }

  /** Not retained: who is not there does not hear it. */
  command(device: string, jws: unknown): Promise<void> {
    return this.send(deviceTopic('command', FLEET, device), Buffer.from(JSON.stringify(jws)), false);
  }

  /** Begins again with another key, and counts from one. */
  async loseKey(): Promise<void> {
    this.manifestKey = await generateSigningKey();
    this.sequence = 0;
  }

  /** Cuts every device's connection; they may come back at once. */
  async dropConnections(): Promise<void> {
    for (const client of Object.values(
      (this.broker as unknown as { clients: Record<string, { conn: { destroy(): void } }> }).clients,
    )) {
      client.conn.destroy();
    }
  }

  private now(): Date {
    return new Date(Date.now() + this.clockOffsetMs);
  }

  private async retain(topic: string, payload: Uint8Array): Promise<void> {
    if (payload.byteLength > 0) this.retained.set(topic, payload);
    else this.retained.delete(topic);
    await this.send(topic, payload);
  }

  private send(topic: string, payload: Uint8Array, retain = true): Promise<void> {
    return new Promise((resolve, reject) => {
      this.broker.publish(
        { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain, dup: false },
        (error) => (error ? reject(error) : resolve()),
      );
    });
  }

  private async startHttp(): Promise<void> {
    this.http = createHttp((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        void this.answer(request.url ?? '', Buffer.concat(pieces).toString('utf8')).then(([status, body]) => {
          const type = { 'content-type': 'application/json' };
          const again = status === 503 ? { 'retry-after': '1' } : {};
          response.writeHead(status, { ...type, ...again }).end(JSON.stringify(body));
        });
      });
    });
    await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
  }

  private async answer(path: string, text: string): Promise<[number, unknown]> {
    if (path === '/v1/time') return [200, { schema: 'hamon.time/1', now: this.now().toISOString() }];
    if (path !== '/v1/enrolments') return [404, problem(404, 'not-found', 'nothing is there')];
    this.enrolmentAttempts += 1;
    if (this.enrolmentAttempts <= this.busyFor) return [503, problem(503, 'overloaded', 'too many at once')];
    const { token, publicKey, proof, device = 'device' } = Enrolment.parse(JSON.parse(text));
    const verified = await verifyEnrolmentProof(proof, publicKey, { token, now: this.now() });
    if (token !== 'good' || !verified.ok)
      return [403, problem(403, 'token-unknown', 'the token is not valid')];
    this.keys.set(device, publicKey);
    const manifestKey = publicJwkOf(this.manifestKey);
    return [201, { schema: 'hamon.enrolment/1', fleet: FLEET, device, mqttUrl: this.mqttUrl, manifestKey }];
  }
}

const problem = (status: number, code: string, detail: string) => ({
  ...{ type: 'about:blank', title: detail, status, detail, code },
});
