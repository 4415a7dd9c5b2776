import { randomUUID } from 'node:crypto';
import {
  brokerAudience,
  desiredFilter,
  deviceTopic,
  encodeMessage,
  GeneralJws,
  MAX_MODELS,
  parseTopic,
  type BundleIndex,
  type ChunkRef,
  type DeploymentState,
  type DeviceCommand,
  type DeviceCondition,
  type DeviceFacts,
  type BenchmarkReply,
  type ConfigOrder,
  type ConfigReport,
  type DeviceAbility,
  type EnrolmentView,
  type JsonMessageName,
  type Manifest,
  type ManifestOrder,
  type MessageOf,
  type Reason,
  type ReportedSamples,
  type ReportedState,
  type RunningVersion,
  type TelemetryWindow,
} from '@hamon/contracts';
import {
  documentDigest,
  signDeviceToken,
  thumbprint,
  verifyCommand,
  verifyConfig,
  verifyManifest,
  type SigningJwk,
} from '@hamon/trust';
import mqtt, { type MqttClient } from 'mqtt';
import { enrolHardware, FACTS } from './enrol.js';
import { fetchBundle, fetchChunk } from './fetch-chunks.js';
import { formerReport, formerWindow } from './former-messages.js';
import { modelReport, newModelState, runningVersion, type ModelState } from './model-state.js';
import type { CallablePlane } from './test-control-plane.js';
import { windowOf } from './windows.js';

export { runningVersion };

/** A device as the control plane sees one: real key, real manifests, real chunks, but no model runs on it. */
export class FakeDevice {
  readonly manifests: Manifest[] = [];
  /** Models of which an empty message said that nothing is desired. */
  readonly cleared: string[] = [];
  /** As they arrived, repetitions included. */
  readonly commands: DeviceCommand[] = [];
  /** Configurations as they arrived, repetitions included; null for an empty message. */
  readonly configs: (ConfigOrder | null)[] = [];
  /** What it says of the newest one. */
  configuration: ConfigReport | undefined;
  /** What its models run on, where its configuration names providers. */
  executionProvider: string | undefined;
  /** By name. */
  readonly models = new Map<string, ModelState>();
  /** The model that `slots`, `highest` and so on speak of; most tests have no other. */
  model = 'tiny';
  /** A manifest of a model that it does not know must be above this. */
  floor = 0;
  /** Its agent is of the former release: one model, one topic, its own shapes of messages. */
  isFormer = false;
  conditions: DeviceCondition[] = [];
  samples: ReportedSamples | undefined;
  orders: readonly (ManifestOrder | DeviceAbility)[] = [];
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
    const { identity, key } = await enrolHardware(plane, id, labels, facts);
    return new FakeDevice(identity, key, facts);
  }

  /** A device that enrolled by other means. */
  static as(identity: EnrolmentView, key: SigningJwk): FakeDevice {
    return new FakeDevice(identity, key, FACTS);
  }

  get id(): string {
    return this.identity.device;
  }

  /** What it knows of a model. */
  of(model: string): ModelState {
    const name = this.isFormer ? this.model : model;
    const state = this.models.get(name) ?? newModelState();
    this.models.set(name, state);
    return state;
  }

  get slots(): ModelState['slots'] {
    return this.of(this.model).slots;
  }
  set slots(slots: ModelState['slots']) {
    this.of(this.model).slots = slots;
  }
  get highest(): ModelState['highest'] {
    return this.of(this.model).highest;
  }
  set highest(highest: ModelState['highest']) {
    this.of(this.model).highest = highest;
  }
  get deployment(): ModelState['deployment'] {
    return this.of(this.model).deployment;
  }
  set deployment(deployment: ModelState['deployment']) {
    this.of(this.model).deployment = deployment;
  }
  get rejection(): ModelState['rejection'] {
    return this.of(this.model).rejection;
  }
  set rejection(rejection: ModelState['rejection']) {
    this.of(this.model).rejection = rejection;
  }
  get rejected(): ModelState['rejected'] {
    return this.of(this.model).rejected;
  }
  set rejected(rejected: ModelState['rejected']) {
    this.of(this.model).rejected = rejected;
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
    const desired = this.isFormer
      ? deviceTopic('desiredSingle', fleet, device)
      : desiredFilter(fleet, device);
    const command = deviceTopic('command', fleet, device);
    const config = deviceTopic('config', fleet, device);
    this.mqttClient.on('message', (topic, payload) => {
      if (topic === command) void this.hear(JSON.parse(payload.toString()));
      if (topic === config) this.working = this.working.then(() => this.configure(payload));
      const parsed = parseTopic(topic);
      if (parsed?.name !== 'desired' && parsed?.name !== 'desiredSingle') return;
      const model = parsed.name === 'desired' ? parsed.model : this.model;
      if (payload.length === 0) this.cleared.push(model);
      else this.working = this.working.then(() => this.accept(model, JSON.parse(payload.toString())));
    });
    // Commands are not retained: a device must be subscribed before it announces itself.
    await this.mqttClient.subscribeAsync(command, { qos: 1 });
    await this.send('presence', this.presence(true));
    await this.report();
    const again = this.unfinished;
    if (again) this.working = this.work(again);
    await this.mqttClient.subscribeAsync(desired, { qos: 1 });
    if (!this.isFormer) await this.mqttClient.subscribeAsync(config, { qos: 1 });
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

  async send<N extends Exclude<JsonMessageName, 'desired' | 'desiredSingle' | 'command'>>(
    name: N,
    message: MessageOf<N>,
  ): Promise<void> {
    const { fleet, device } = this.identity;
    const retain = name === 'presence' || name === 'reported';
    const bytes = Buffer.from(this.isFormer ? this.formerBytes(name, message) : encodeMessage(name, message));
    await this.client.publishAsync(deviceTopic(name, fleet, device), bytes, { qos: 1, retain });
  }

  /** Reports its state as it is. */
  async report(): Promise<void> {
    await this.send('reported', {
      schema: 'hamon.reported/2',
      device: this.id,
      at: new Date().toISOString(),
      facts: this.facts,
      models: [...this.models].map(([model, state]) => ({
        ...modelReport(model, state),
        ...(this.executionProvider !== undefined && { executionProvider: this.executionProvider }),
      })),
      maxModels: MAX_MODELS,
      floor: this.floor,
      rejection: null,
      keyId: await thumbprint(this.identity.manifestKey),
      frames: { accepted: 0, answered: 0, skipped: 0 },
      orders: [...this.orders],
      ...(this.configuration && { configuration: this.configuration }),
      ...(this.conditions.length > 0 && { conditions: this.conditions }),
      ...(this.samples && { samples: this.samples }),
    });
  }

  private formerBytes<N extends JsonMessageName>(name: N, message: MessageOf<N>): Uint8Array {
    const former =
      name === 'reported'
        ? formerReport(message as ReportedState, this.of(this.model))
        : name === 'telemetry'
          ? formerWindow(message as TelemetryWindow)
          : undefined;
    return former ? Buffer.from(JSON.stringify(former)) : encodeMessage(name, message);
  }

  /** Answers a command. */
  async reply(id: string, content: Partial<BenchmarkReply>): Promise<void> {
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
    this.of(version.model).deployment = { version, state, chunks: { have: 0, total: 0 }, reason };
    await this.report();
  }

  fetchBundle(manifest: Manifest): Promise<BundleIndex> {
    return fetchBundle(this.client, this.identity.fleet, manifest);
  }

  fetchChunk(chunk: ChunkRef): Promise<Buffer> {
    return fetchChunk(this.client, this.identity.fleet, chunk);
  }

  window(answering: RunningVersion, shadow?: TelemetryWindow['shadow'], inferences = 200): TelemetryWindow {
    return windowOf(this.id, answering, shadow, inferences);
  }

  private async hear(jws: unknown): Promise<void> {
    const { fleet, device, manifestKey } = this.identity;
    const signed = GeneralJws.parse(jws);
    const verified = await verifyCommand(signed, manifestKey, { fleet, device, now: new Date() });
    if (!verified.ok) throw new Error(verified.error.detail);
    this.commands.push(verified.value);
  }

  private async configure(payload: Buffer): Promise<void> {
    const { fleet, device, manifestKey } = this.identity;
    if (payload.length === 0) {
      this.configs.push(null);
      return;
    }
    const signed = GeneralJws.parse(JSON.parse(payload.toString()));
    const verified = await verifyConfig(signed, manifestKey, { fleet, device });
    if (!verified.ok) throw new Error(verified.error.detail);
    this.configs.push(verified.value);
  }

  private async accept(model: string, jws: unknown): Promise<void> {
    const { fleet, device, manifestKey } = this.identity;
    const signed = GeneralJws.parse(jws);
    const verified = await verifyManifest(signed, manifestKey, { fleet, device, now: new Date() });
    const isNew = !this.isFormer && !this.models.has(model);
    const state = this.of(model);
    if (!verified.ok) {
      state.rejection = verified.error;
      state.rejected = { sequence: null, digest: documentDigest(signed) };
      return this.report();
    }
    const manifest = verified.value;
    if (!this.isFormer && manifest.model !== model)
      throw new Error(`${manifest.model} on the topic of ${model}`);
    if (isNew && manifest.sequence <= this.floor)
      throw new Error(`${model} at or below the floor ${this.floor}`);
    [state.rejection, state.rejected] = [null, null];
    // At least once: the same manifest may come again, and an older one is not news.
    if (manifest.sequence <= (state.highest?.sequence ?? 0)) return;
    state.highest = { sequence: manifest.sequence, proof: signed };
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
