import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brokerAudience } from '@hamon/contracts';
import { signDeviceToken, type SigningJwk } from '@hamon/trust';
import mqtt, { type MqttClient } from 'mqtt';
import type { Device } from './device.js';
import { until } from './until.js';

const TOKEN_SECONDS = 600;

/** An enrolled device's key and name without its agent: whoever holds them may send anything. */
export class BareDevice {
  private readonly clients: MqttClient[] = [];

  private constructor(
    private readonly device: string,
    private readonly fleet: string,
    private readonly mqttUrl: string,
    private readonly key: SigningJwk,
  ) {}

  static async of({ stateFolder }: Device): Promise<BareDevice> {
    const read = async (name: string) => JSON.parse(await readFile(join(stateFolder, name), 'utf8'));
    const { device, fleet, mqttUrl } = await read('identity.json');
    return new BareDevice(device, fleet, mqttUrl, await read('device-key.jwk'));
  }

  /** A connection with the device's real credentials; it does not come back by itself. */
  async connect(): Promise<MqttClient> {
    const { device, fleet, key, mqttUrl } = this;
    const request = {
      device,
      audience: brokerAudience(fleet),
      lifetimeSeconds: TOKEN_SECONDS,
      now: new Date(),
    };
    const client = await mqtt.connectAsync(
      mqttUrl,
      {
        clientId: device,
        username: device,
        password: await signDeviceToken(request, key),
        protocolVersion: 4,
        clean: true,
        reconnectPeriod: 0,
      },
      false,
    );
    client.on('error', () => undefined);
    this.clients.push(client);
    return client;
  }

  /** Sends on a connection of its own, which a broker that objects closes; answers whether it did. */
  async send(topic: string, payload: string | Buffer): Promise<'taken' | 'cut off'> {
    const client = await this.connect();
    const sent = client.publishAsync(topic, payload, { qos: 1, retain: true }).then(
      () => 'taken' as const,
      () => 'cut off' as const,
    );
    const cut = until('the connection is cut', () => !client.connected).then(() => 'cut off' as const);
    cut.catch(() => undefined);
    const outcome = await Promise.race([sent, cut]);
    await client.endAsync(true);
    return outcome;
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.endAsync(true)));
  }
}
