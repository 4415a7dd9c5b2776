import { MqttClient } from 'mqtt';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface BrokerAttempt {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly device: string;
  readonly password: string;
}

const TIMEOUT_MS = 6000;

/**
 * Logs in once as the device and leaves again, without saying anything: undefined where the broker lets it in, else why not.
 * Only while no agent of this device is connected, which the broker would cut off.
 */
export function tryBroker({ host, port, tls, device, password }: BrokerAttempt): Promise<string | undefined> {
  const client = new MqttClient(
    () => (tls ? connectTls({ host, port, servername: host }) : connectTcp(port, host)),
    {
      ...{ clientId: device, username: device, password, protocolVersion: 4, clean: true },
      ...{ connectTimeout: TIMEOUT_MS, reconnectPeriod: 0 },
    },
  );
  return new Promise((resolve) => {
    const end = (why: string | undefined): void => {
      client.end(true);
      resolve(why);
    };
    client.once('connect', () => end(undefined));
    client.once('close', () => end('the broker closed the connection'));
    client.on('error', ({ message }) => end(message));
  });
}
