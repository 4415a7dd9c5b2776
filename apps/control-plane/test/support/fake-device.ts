import { createHash, randomUUID } from 'node:crypto';
import {
  brokerAudience,
  chunkTopic,
  deviceTopic,
  encodeMessage,
  GeneralJws,
  type BundleIndex,
  type ChunkRef,
  type DeploymentState,
  type DeviceCommand,
  type DeviceCondition,
  type DeviceFacts,
  type DeviceReply,
  type EnrolmentView,
  type JsonMessageName,
  type Manifest,
  type ManifestOrder,
  type MessageOf,
  type Reason,
  type ReportedState,
  type RunningVersion,
  type TelemetryWindow,
} from '@hamon/contracts';
import { parseIndex } from '@hamon/content';
import { LatencySketchBuilder } from '@hamon/stats';
import {
  documentDigest,
  generateSigningKey,
  publicJwkOf,
  signDeviceToken,
  signEnrolmentProof,
  thumbprint,
  verifyCommand,
  verifyManifest,
  type SigningJwk,
} from '@hamon/trust';
import mqtt, { type MqttClient } from 'mqtt';
import { FACTS } from './enrol.js';
import type { CallablePlane } from './test-control-plane.js';

/** A device as the control plane sees one: real key, real manifests, real chunks, but no model runs on it. */
export class FakeDevice {
  readonly manifests: Manifest[] = [];
  /** As they arrived, repetitions included. */
  readonly commands: DeviceCommand[] = [];
  slots: ReportedState['slots'] = { current: null, previous: null, candidate: null };
  highest: { sequence: number; proof: GeneralJws } | null = null;
  deployment: ReportedState['deployment'] = null;
  rejection: ReportedState['rejection'] = null;
  conditions: DeviceCondition[] = [];
  /** Undefined for an agent of an earlier release. */
  orders: readonly ManifestOrder[] = [];
  rejected: ReportedState['rejected'] = null;
  /** Called for each manifest with a higher sequence; what a real agent would do with it. */
  behave: (manifest: Manifest) => Promise<void> = () => Promise.resolve();
  connection = randomUUID();
  private mqttClient: MqttClient | undefined;
  private working: Promise<void> = Promise.resolve();
  /** A manifest whose work a lost connection interrupted: it is begun again, as an agent replans. */
  private unfinished: Manifest | undefined;

  private constructor(
    readonly identity: EnrolmentView,
    readonly key: SigningJwk,
    readonly facts: DeviceFacts,
  ) {}

  static async enrol(
    plane: CallablePlane,
    id: string,
    labels: Record<string, string> = {},
    facts = FACTS,
  ): Promise<FakeDevice> {
    const made = await plane.call<{ token: string }>('POST', '/v1/enrolment-tokens', {
      uses: 1,
      ttlSeconds: 600,
      labels,
    });
    const key = await generateSigningKey();
    if (made.status !== 201) throw new Error(`enrolment token: ${JSON.stringify(made.body)}`);
    const { token } = made.body;
    const answer = await plane.call<EnrolmentView>('POST', '/v1/enrolments', {
      token,
      publicKey: publicJwkOf(key),
      proof: await signEnrolmentProof({ token, now: new Date() }, key),
      device: id,
      facts,
    });
    if (answer.status >= 300) throw new Error(`enrolment: ${JSON.stringify(answer.body)}`);
    return new FakeDevice(answer.body, key, facts);
  }

  /** A device that enrolled by other means. */
  static as(identity: EnrolmentView, key: SigningJwk): FakeDevice {
    return new FakeDevice(identity, key, FACTS);
  }

  get id(): string {
    return this.identity.device;
  }

  get client(): MqttClient {
    if (!this.mqttClient) throw new Error(`${this.id} is not connected`);
    return this.mqttClient;
  }

  /** Connects, announces itself, and listens for manifests. */
  async connect(mqttUrl = this.identity.mqttUrl): Promise<void> {
    this.connection = randomUUID();
    const { fleet, device, mqttPassword } = this.identity;
    const password =
      mqttPassword ??
      (await signDeviceToken(
        { device, audience: brokerAudience(fleet), lifetimeSeconds: 3600, now: new Date() },
        this.key,
      ));
    this.mqttClient = await mqtt.connectAsync(mqttUrl, {
      clientId: device,
      username: device,
      password,
      reconnectPeriod: 0,
      will: {
        topic: deviceTopic('presence', fleet, device),
        payload: Buffer.from(encodeMessage('presence', this.presence(false))),
        qos: 1,
        retain: true,
      },
    });
    const desired = deviceTopic('desired', fleet, device);
    const command = deviceTopic('command', fleet, device);
    this.mqttClient.on('message', (topic, payload) => {
      if (topic === command) void this.hear(JSON.parse(payload.toString()));
      if (topic === desired && payload.length > 0) {
        this.working = this.working.then(() => this.accept(JSON.parse(payload.toString())));
      }
    });
    // Commands are not retained: a device must be subscribed before it announces itself.
    await this.mqttClient.subscribeAsync(command, { qos: 1 });
    await this.send('presence', this.presence(true));
    await this.report();
    const again = this.unfinished;
    if (again) this.working = this.work(again);
    await this.mqttClient.subscribeAsync(desired, { qos: 1 });
  }

  /** Drops the connection: the broker sends the will. */
  vanish(): void {
    this.client.stream.destroy();
    this.mqttClient = undefined;
  }

  /** Finishes its current work while connected, then leaves. */
  async stop(): Promise<void> {
    const client = this.mqttClient;
    if (!client) return;
    const lost = new Promise<void>((resolve) => {
      client.once('close', resolve);
      if (!client.connected) resolve();
    });
    await Promise.race([this.working, lost]);
    this.working = Promise.resolve();
    this.mqttClient = undefined;
    await client.endAsync(true);
  }

  presence(online: boolean, connection = this.connection): MessageOf<'presence'> {
    const { device } = this.identity;
    return { schema: 'hamon.presence/1', device, online, connection, at: new Date().toISOString() };
  }

  async send<N extends Exclude<JsonMessageName, 'desired' | 'command'>>(
    name: N,
    message: MessageOf<N>,
  ): Promise<void> {
    const { fleet, device } = this.identity;
    const retain = name === 'presence' || name === 'reported';
    const bytes = Buffer.from(encodeMessage(name, message));
    await this.client.publishAsync(deviceTopic(name, fleet, device), bytes, { qos: 1, retain });
  }

  /** Reports its state as it is. */
  async report(): Promise<void> {
    await this.send('reported', {
      schema: 'hamon.reported/1',
      device: this.id,
      at: new Date().toISOString(),
      facts: this.facts,
      slots: this.slots,
      deployment: this.deployment,
      rejection: this.rejection,
      rejected: this.rejected,
      keyId: await thumbprint(this.identity.manifestKey),
      highestSequence: this.highest?.sequence ?? null,
      proof: this.highest?.proof ?? null,
      frames: { accepted: 0, answered: 0, skipped: 0 },
      ...(this.orders.length > 0 && { orders: [...this.orders] }),
      ...(this.conditions.length > 0 && { conditions: this.conditions }),
    });
  }

  /** Answers a command. */
  async reply(id: string, content: Partial<DeviceReply>): Promise<void> {
    await this.send('reply', {
      ...{ schema: 'hamon.reply/1', id, device: this.id, at: new Date().toISOString(), kind: 'benchmark' },
      ...{ state: 'running', progress: null, reason: null, results: [], ...content },
    });
  }

  async progress(
    version: RunningVersion,
    state: DeploymentState,
    reason: Reason | null = null,
  ): Promise<void> {
    this.deployment = { version, state, chunks: { have: 0, total: 0 }, reason };
    await this.report();
  }

  /** Fetches the bundle's index and every chunk it names from the broker; answers the index. */
  async fetchBundle(manifest: Manifest): Promise<BundleIndex> {
    const bytes = Buffer.concat(await this.fetchAll(manifest.bundle.chunks));
    const index = parseIndex(bytes, manifest.bundle.sha256);
    await this.fetchAll(index.files.flatMap(({ chunks }) => chunks));
    return index;
  }

  async fetchChunk({ sha256, length }: ChunkRef): Promise<Buffer> {
    const topic = chunkTopic(this.identity.fleet, sha256);
    const { client } = this;
    const bytes = await new Promise<Buffer>((resolve, reject) => {
      const listener = (at: string, payload: Buffer): void => {
        if (at !== topic || payload.length === 0) return;
        client.off('message', listener);
        resolve(payload);
      };
      client.on('message', listener);
      client.subscribeAsync(topic, { qos: 1 }).catch(reject);
    });
    await client.unsubscribeAsync(topic);
    const digest = createHash('sha256').update(bytes).digest('hex');
    if (digest !== sha256 || bytes.length !== length)
      throw new Error(`chunk ${sha256} came with other bytes`);
    return bytes;
  }

  window(answering: RunningVersion, shadow?: TelemetryWindow['shadow'], inferences = 200): TelemetryWindow {
    const endedAt = new Date();
    return {
      schema: 'hamon.window/1',
      id: randomUUID(),
      device: this.id,
      startedAt: new Date(endedAt.getTime() - 1000).toISOString(),
      endedAt: endedAt.toISOString(),
      answering,
      inferences,
      errors: 0,
      skipped: 0,
      fallbacks: {},
      labels: { low: inferences / 2, high: inferences / 2 },
      latencyMs: latencies(inferences),
      confidence: Array.from({ length: 20 }, (_, i) => (i === 18 ? inferences : 0)),
      rssMb: { supervisor: 80, worker: 90 },
      ...(shadow ? { shadow } : {}),
    };
  }

  private async fetchAll(chunks: readonly ChunkRef[]): Promise<Buffer[]> {
    const bytes: Buffer[] = [];
    for (const chunk of chunks) bytes.push(await this.fetchChunk(chunk));
    return bytes;
  }

  private async hear(jws: unknown): Promise<void> {
    const { fleet, device, manifestKey } = this.identity;
    const signed = GeneralJws.parse(jws);
    const verified = await verifyCommand(signed, manifestKey, { fleet, device, now: new Date() });
    if (!verified.ok) throw new Error(verified.error.detail);
    this.commands.push(verified.value);
  }

  private async accept(jws: unknown): Promise<void> {
    const { fleet, device, manifestKey } = this.identity;
    const signed = GeneralJws.parse(jws);
    const verified = await verifyManifest(signed, manifestKey, { fleet, device, now: new Date() });
    if (!verified.ok) {
      this.rejection = verified.error;
      this.rejected = { sequence: null, digest: documentDigest(signed) };
      return this.report();
    }
    [this.rejection, this.rejected] = [null, null];
    const manifest = verified.value;
    // At least once: the same manifest may come again, and an older one is not news.
    if (manifest.sequence <= (this.highest?.sequence ?? 0)) return;
    this.highest = { sequence: manifest.sequence, proof: signed };
    this.manifests.push(manifest);
    await this.work(manifest);
  }

  private async work(manifest: Manifest): Promise<void> {
    this.unfinished = manifest;
    try {
      await this.behave(manifest);
      this.unfinished = undefined;
    } catch (cause) {
      // Work that the connection interrupted begins again with the next one.
      if (this.mqttClient?.connected) throw cause;
    }
  }
}

/** What a manifest puts into a slot. */
export const runningVersion = ({ model, version, variant, bundle, sequence }: Manifest): RunningVersion => ({
  model,
  version,
  variant,
  bundle: bundle.sha256,
  sequence,
});

export function latencies(count: number, valueMs = 5): TelemetryWindow['latencyMs'] {
  const builder = new LatencySketchBuilder();
  for (let i = 0; i < count; i++) builder.add(valueMs + (i % 10) / 10);
  const { bins, ...rest } = builder.build();
  return { ...rest, bins: bins.map(([bin, n]) => [bin, n]) };
}
