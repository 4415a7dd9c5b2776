import { createHash } from 'node:crypto';
import type { PlantBroker, SecretRef } from '@hamon/contracts';
import { Leases, type Lease } from './leases.js';
import { PlantConnection } from './plant-connection.js';
import { statusSession, type PlantSession } from './plant-session.js';

export interface PlantBrokersOptions {
  readonly fleet: string;
  readonly device: string;
  readonly secrets: { resolve(ref: SecretRef): Promise<string> };
  readonly now: () => Date;
}

interface Running {
  readonly connection: PlantConnection;
  readonly stop: () => Promise<void>;
}

/** The brokers of the plant's own that this device is connected to, each once, whoever asks for it. */
export class PlantBrokers {
  private readonly running = new Leases<Running>(({ stop }) => stop());

  constructor(private readonly options: PlantBrokersOptions) {}

  /**
   * @param own a session that a connection has to itself, with a name that tells it from others of the same broker: a
   * connection has one last will
   */
  take(
    broker: PlantBroker,
    own?: { readonly name: string; readonly session: PlantSession },
  ): Lease<PlantConnection> {
    const key = JSON.stringify([own?.name ?? null, Object.entries(broker).sort()]);
    const { value, release } = this.running.take(key, () => this.open(broker, key, own?.session));
    return { value: value.connection, release };
  }

  private open(broker: PlantBroker, key: string, own?: PlantSession): Running {
    const { fleet, device, secrets, now } = this.options;
    const { statusTopic } = broker;
    const status = statusTopic === undefined ? undefined : statusSession(statusTopic, device, now);
    // The same after a restart, so that the broker ends what is left of the former connection.
    const mark = createHash('sha256').update(key).digest('hex').slice(0, 8);
    const clientId = broker.clientId ?? `hamon-${fleet}-${device}-${mark}`;
    const connection = new PlantConnection({ broker, clientId, secrets, session: own ?? status });
    const stopping = new AbortController();
    const ended = connection.run(stopping.signal);
    return {
      connection,
      stop: async () => {
        stopping.abort();
        await ended;
      },
    };
  }
}
