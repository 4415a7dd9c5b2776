import { readFile } from 'node:fs/promises';
import { MAX_PACKET_BYTES, type PlantBroker, type SecretRef } from '@hamon/contracts';
import { MqttClient, type IClientOptions } from 'mqtt';
import { openBrokerSocket } from './broker-socket.js';
import { PacketGuard } from './packet-guard.js';
import type { PlantSession } from './plant-session.js';

export interface PlantClientOptions {
  readonly broker: PlantBroker;
  readonly clientId: string;
  readonly secrets: { resolve(ref: SecretRef): Promise<string> };
  readonly session?: PlantSession | undefined;
}

export const KEEPALIVE_SECONDS = 15;
const CONNECT_TIMEOUT_MS = 10_000;

/** Begins one connection. Secrets and certificates are read for each: they may have been renewed. */
export async function openPlantClient(
  { broker, clientId, secrets, session }: PlantClientOptions,
  onPiece: (piece: Buffer) => void,
): Promise<MqttClient> {
  const { url, user, password, ca, certificate, key } = broker;
  const tls = {
    ...(ca !== undefined && { ca: await readFile(ca) }),
    ...(certificate !== undefined && { cert: await readFile(certificate) }),
    ...(key !== undefined && { key: await readFile(key) }),
  };
  const secret = password && (await secrets.resolve(password));
  const options: IClientOptions = {
    ...{ clientId, protocolVersion: 4, clean: true, keepalive: KEEPALIVE_SECONDS },
    // The library would keep what cannot be sent in memory, without bound.
    ...{ connectTimeout: CONNECT_TIMEOUT_MS, reconnectPeriod: 0, resubscribe: false, queueQoSZero: false },
    ...(user !== undefined && { username: user }),
    ...(secret !== undefined && { password: secret }),
    ...(session && { will: await willOf(session) }),
  };
  const client: MqttClient = new MqttClient(() => {
    const guard = new PacketGuard(MAX_PACKET_BYTES);
    return openBrokerSocket({
      ...{ url, tls },
      onPiece: (piece) => {
        onPiece(piece);
        client.reschedulePing(true);
        return guard.allows(piece) ? undefined : `a packet of more than ${MAX_PACKET_BYTES} bytes`;
      },
    });
  }, options);
  return client;
}

async function willOf(session: PlantSession): Promise<NonNullable<IClientOptions['will']>> {
  const { payload, ...rest } = await session.will();
  return { ...rest, payload: Buffer.from(payload) };
}

/** MQTT 3.1.1, 3.2.2.3. */
const REFUSALS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [2, 'it refuses the client id: name another with clientId'],
  [4, 'it refuses the user name or the password'],
  [5, 'it does not let this device in: user, password, or a client certificate that it asks for'],
]);

/** Why a connection ended, in words. */
export function plantFault(cause: Error): string {
  const { code } = cause as NodeJS.ErrnoException;
  return REFUSALS.get(code) ?? (cause.message || String(code ?? 'the connection failed'));
}
