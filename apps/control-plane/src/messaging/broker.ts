import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readFileIfThere, writeFileAtomically } from '@hamon/content';
import type { IClientOptions } from 'mqtt';
import type { Clock } from '../platform/clock/clock.js';
import type { Config } from '../platform/config/config.js';
import type { DeviceDirectory } from './device-directory.js';
import { EmbeddedBroker } from './embedded/embedded-broker.js';
import type { PeerReports } from './peer-reports.js';

/** What is the same for every broker. */
const CLIENT_ID = /^[A-Za-z0-9_-]{1,100}$/;

/** The broker in use: our own in this process, or an operator's. */
export class Broker {
  constructor(
    /** Without credentials. */
    readonly url: string,
    /** How the control plane itself connects. */
    readonly account: IClientOptions,
    /** Undefined with an operator's broker. */
    readonly embedded: EmbeddedBroker | undefined,
  ) {}
}

/** Starts the embedded broker, or describes the one that MQTT_URL names. */
export async function openBroker(
  config: Config,
  devices: DeviceDirectory,
  reports: PeerReports,
  clock: Clock,
): Promise<Broker> {
  if (config.mqttUrl !== undefined) return externalBroker(config.mqttUrl, config.dataDir);
  const embedded = new EmbeddedBroker(devices, reports, () => clock.now());
  const { mqttHost, mqttPort } = config;
  const port = await embedded.start(mqttHost, mqttPort).catch((cause: unknown) => {
    throw new Error(`cannot listen for MQTT on ${mqttHost}:${mqttPort} (HAMON_MQTT_HOST, HAMON_MQTT_PORT)`, {
      cause,
    });
  });
  const wildcard = mqttHost === '0.0.0.0' || mqttHost === '::';
  const host = wildcard ? '127.0.0.1' : mqttHost.includes(':') ? `[${mqttHost}]` : mqttHost;
  // Its sessions live in this process' memory: after a lost connection there is no session to resume.
  return new Broker(`mqtt://${host}:${port}`, { ...embedded.service, clean: true }, embedded);
}

async function externalBroker(mqttUrl: string, dataDir: string): Promise<Broker> {
  const url = new URL(mqttUrl);
  const username = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  url.username = '';
  url.password = '';
  // A session of its own keeps what devices send while the control plane is away.
  const account: IClientOptions = { clientId: await instanceId(dataDir), clean: false };
  if (username !== '') Object.assign(account, { username, password });
  return new Broker(url.href.replace(/\/$/, ''), account, undefined);
}

async function instanceId(dataDir: string): Promise<string> {
  const path = join(dataDir, 'broker-client-id');
  const known = (await readFileIfThere(path))?.trim();
  if (known !== undefined) {
    // Under another name the broker would keep for ever what devices send to the former session.
    if (!CLIENT_ID.test(known)) {
      throw new Error(`${path} holds no client id: restore it, or remove it to begin a session anew`);
    }
    return known;
  }
  const made = `control-plane-${randomUUID()}`;
  await writeFileAtomically(path, `${made}\n`, 0o600);
  return made;
}
